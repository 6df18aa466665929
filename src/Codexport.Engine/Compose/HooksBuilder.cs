using Codexport.Engine.Codex.Hooks;

namespace Codexport.Engine.Compose;

/// <summary>Puts handlers into groups again: those that stood together and say the same about their group stay together.</summary>
internal sealed class HooksBuilder
{
    private const string Table = "hooks";

    private readonly Dictionary<string, List<GroupOut>> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<HookEntry, HookPosition> _positions = new(ReferenceEqualityComparer.Instance);

    /// <summary>Appends handlers of one file, in its order.</summary>
    internal void AddAll(IReadOnlyList<HookEntry> entries)
    {
        HookEntry? previous = null;
        foreach (var entry in entries)
        {
            var groups = GroupsOf(entry.Position.Event);
            var isTogether = entry.Handler is not null && previous?.Handler is not null && previous.Position.Event == entry.Position.Event
                && previous.Position.Group == entry.Position.Group && previous.GroupKey == entry.GroupKey;
            if (!isTogether)
            {
                groups.Add(new GroupOut(entry.Group, entry.Handler is null ? null : []));
            }

            _positions[entry] = new HookPosition(entry.Position.Event, groups.Count - 1, groups[^1].Handlers?.Count ?? HookPosition.Whole);
            groups[^1].Handlers?.Add(entry.Handler!);
            previous = entry;
        }
    }

    /// <summary>Where a handler stands now; null when it does not.</summary>
    internal HookPosition? Find(HookEntry entry) => _positions.TryGetValue(entry, out var position) ? position : null;

    /// <summary>The file.</summary>
    /// <param name="local">What the follower has.</param>
    /// <param name="generated">What is generated.</param>
    /// <param name="others">What stands beside <c>hooks</c>.</param>
    /// <param name="otherEvents">Events that hold no list.</param>
    internal RawJson Root(RawJson? local, RawJson? generated, IReadOnlyList<RawMember> others, IReadOnlyList<RawMember> otherEvents)
    {
        var hooks = Hooks(local?[Table], generated?[Table], otherEvents);
        var members = others.ToDictionary(member => member.Name, StringComparer.Ordinal);
        if (hooks is not null)
        {
            members[Table] = new RawMember("\"hooks\"", Table, hooks);
        }

        var order = Names(generated).Concat(Names(local)).Append(Table).Distinct(StringComparer.Ordinal);
        return RawJson.Object(order.Where(members.ContainsKey).Select(name => members[name]));
    }

    private RawJson? Hooks(RawJson? local, RawJson? generated, IReadOnlyList<RawMember> others)
    {
        if (_events.Count == 0 && others.Count == 0 && generated is not { IsObject: true })
        {
            // Nothing of the master's is left: what the follower has there stays, lists that had only the master's go.
            return local is not { IsObject: true } ? local : RawJson.Object(local.Members.Where(IsEmptyList));
        }

        var members = others.ToDictionary(member => member.Name, StringComparer.Ordinal);
        foreach (var list in (generated?.Members ?? []).Where(member => member.Value.IsList).Concat((local?.Members ?? []).Where(IsEmptyList)))
        {
            members.TryAdd(list.Name, list with { Value = RawJson.List([]) });
        }

        foreach (var (name, groups) in _events)
        {
            var token = (generated?.Members ?? []).Concat(local?.Members ?? []).First(member => member.Name == name).Token;
            members[name] = new RawMember(token, name, RawJson.List(groups.Select(group => group.ToJson())));
        }

        var order = Names(generated).Concat(Names(local)).Distinct(StringComparer.Ordinal);
        return RawJson.Object(order.Where(members.ContainsKey).Select(name => members[name]));
    }

    private static bool IsEmptyList(RawMember member) => member.Value is { IsList: true, Items.Count: 0 };

    private static IEnumerable<string> Names(RawJson? json) => (json?.Members ?? []).Select(member => member.Name);

    private List<GroupOut> GroupsOf(string name)
        => _events.TryGetValue(name, out var groups) ? groups : _events[name] = [];

    private sealed record GroupOut(RawJson Group, List<RawJson>? Handlers)
    {
        internal RawJson ToJson() => Handlers is null ? Group : RawJson.Object(
            Group.Members.Select(member => member.Name == Table ? member with { Value = RawJson.List(Handlers) } : member));
    }
}
