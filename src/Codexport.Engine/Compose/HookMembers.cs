using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Compose;

/// <summary>
/// Merges members of a hooks file that are not lists of groups, each as a whole, by the rules for keys of <c>config.toml</c>: what only the
/// follower has stays, what the master defines is the master's, and where the two differ it is drift.
/// </summary>
internal sealed class HookMembers(string file, string prefix, DriftPolicy onDrift, List<ChangeInfo> changes)
{
    /// <summary>The members of the result.</summary>
    /// <param name="base">What was last generated.</param>
    /// <param name="local">What the follower has.</param>
    /// <param name="generated">What is generated now.</param>
    internal List<RawMember> Merge(IReadOnlyList<RawMember> @base, IReadOnlyList<RawMember> local, IReadOnlyList<RawMember> generated)
    {
        var result = new List<RawMember>();
        foreach (var member in generated)
        {
            var (mine, former) = (Find(local, member.Name), Find(@base, member.Name));
            var isSettled = IsSame(mine, member) || IsSame(mine, former);
            if (isSettled || onDrift != DriftPolicy.Keep)
            {
                result.Add(member);
                TellOf(member, mine, isSettled ? ChangeReason.Canonical : ChangeReason.Drift);
            }
            else
            {
                result.AddRange(mine is null ? [] : [mine]);
                Tell(member.Name, ChangeAction.Keep, ChangeReason.Drift);
            }
        }

        result.AddRange(local.Where(member => Find(generated, member.Name) is null && Stays(member, Find(@base, member.Name))));
        return result;
    }

    /// <summary>Whether a value says nothing that could be lost.</summary>
    internal static bool SaysNothing(RawJson value)
        => value.Kind == System.Text.Json.JsonValueKind.Null || value is { IsObject: true, Members.Count: 0 } or { IsList: true, Items.Count: 0 };

    private static RawMember? Find(IReadOnlyList<RawMember> members, string name) => members.FirstOrDefault(member => member.Name == name);

    private static bool IsSame(RawMember? one, RawMember? other) => one?.Value.Key == other?.Value.Key;

    private void TellOf(RawMember member, RawMember? mine, ChangeReason reason)
    {
        if (!IsSame(mine, member))
        {
            Tell(member.Name, mine is null ? ChangeAction.Add : ChangeAction.Update, reason);
        }
    }

    private bool Stays(RawMember member, RawMember? former)
    {
        if (former is not null && IsSame(member, former))
        {
            Tell(member.Name, ChangeAction.Remove, ChangeReason.Canonical);
            return false;
        }

        if (former is not null)
        {
            Tell(member.Name, ChangeAction.Keep, ChangeReason.KeptLocal, "The master dropped this key, and it was changed here: it stays.");
        }

        return true;
    }

    private void Tell(string name, ChangeAction action, ChangeReason reason, string? note = null)
        => changes.Add(new ChangeInfo(file, prefix + name, action, reason, Note: note));
}
