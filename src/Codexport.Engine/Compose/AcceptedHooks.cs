using Codexport.Engine.Codex.Hooks;

namespace Codexport.Engine.Compose;

/// <summary>A hooks file of the master's, and what of it counts.</summary>
internal sealed class AcceptedHooks
{
    private const string Table = "hooks";

    private readonly List<string> _leftOut = [];

    /// <summary>Takes what counts.</summary>
    /// <param name="root">The file.</param>
    /// <param name="leavesOut">Whether what Codex does not accept does not count.</param>
    internal AcceptedHooks(RawJson? root, bool leavesOut)
    {
        Root = leavesOut && root is not null ? Accept(root) : root;

        // A hook of Codexport's own that came from the master would run the master's path to it.
        Entries = [.. HookEntry.ReadAll(Root).Where(entry => !entry.IsOwn)];
        if (leavesOut)
        {
            _leftOut.AddRange(Entries.Select(entry => entry.Problem).OfType<string>().Distinct());
            Entries.RemoveAll(entry => entry.Problem is not null);
        }
    }

    /// <summary>The file without the keys that do not count.</summary>
    internal RawJson? Root { get; }

    /// <summary>The handlers and groups that count.</summary>
    internal List<HookEntry> Entries { get; }

    /// <summary>What does not count, each with its place.</summary>
    internal IReadOnlyList<string> LeftOut => _leftOut;

    private RawJson Accept(RawJson root)
    {
        _leftOut.AddRange(root.Members.Select(HooksShape.ProblemOf).OfType<string>());
        var members = root.Members.Where(member => HooksShape.ProblemOf(member) is null).ToList();
        if (members.FindIndex(member => member is { Name: Table, Value.IsObject: true }) is >= 0 and var index)
        {
            var events = members[index].Value.Members;
            _leftOut.AddRange(events.Where(IsTorn).Select(item => $"hooks.{item.Name} is not a list"));
            members[index] = members[index] with { Value = RawJson.Object(events.Where(item => !IsTorn(item))) };
        }

        return RawJson.Object(members);
    }

    private static bool IsTorn(RawMember member) => !member.Value.IsList && HooksShape.IsEvent(member.Name);
}
