using Codexport.Engine.Codex.Hooks;

namespace Codexport.Engine.Compose;

/// <summary>Where a handler stands, or a group as a whole.</summary>
/// <param name="Event">The event's name as written.</param>
/// <param name="Group">Which item of the event's list, from 0; Codex counts them all, readable or not.</param>
/// <param name="Handler">Which handler of the group, from 0; <see cref="Whole"/> for the group.</param>
internal readonly record struct HookPosition(string Event, int Group, int Handler)
{
    /// <summary>In place of a handler's number: all that stands in the group.</summary>
    internal const int Whole = -1;

    internal bool IsGroup => Handler == Whole;
}

/// <summary>
/// The unit of the merge of hooks: one handler with what its group says, or, where a group has no list of handlers to take apart, the group
/// as it is.
/// </summary>
internal sealed class HookEntry
{
    private HookEntry(HookPosition position, RawJson group, RawJson? handler)
    {
        Position = position;
        Group = group;
        Handler = handler;
        GroupKey = handler is null ? group.Key : RawJson.Object(group.Members.Where(member => member.Name != "hooks")).Key;
        Key = $"{position.Event}\0{GroupKey}\0{handler?.Key}";
    }

    internal HookPosition Position { get; }

    /// <summary>The group as written.</summary>
    internal RawJson Group { get; }

    /// <summary>The handler; null where the group is the unit.</summary>
    internal RawJson? Handler { get; }

    /// <summary>The same for groups that say the same about their handlers.</summary>
    internal string GroupKey { get; }

    /// <summary>The same for the same handler in the same kind of group, wherever it stands.</summary>
    internal string Key { get; }

    internal string? Command => Handler?["command"]?.Text;

    internal bool IsOwn => Position.Event == CodexportHook.Event && CodexportHook.IsOurs(Command);

    /// <summary>Why Codex would read no hook of a file that has this, with its place; null where that is no reason.</summary>
    internal string? Problem => !HooksShape.IsEvent(Position.Event) ? null
        : (Handler is null ? HooksShape.ProblemOfGroup(Group) : HooksShape.ProblemOfGroupAlone(Group)) is { } ofGroup ? $"hooks.{Position.Event}[{Position.Group}]{ofGroup}"
        : Handler is not null && HooksShape.ProblemOfHandler(Handler) is { } problem ? $"hooks.{Position.Event}[{Position.Group}].hooks[{Position.Handler}]{problem}"
        : null;

    /// <summary>All that the lists of a file hold, in order.</summary>
    internal static List<HookEntry> ReadAll(RawJson? root)
    {
        var entries = new List<HookEntry>();
        foreach (var (_, name, value, _) in root?["hooks"]?.Members ?? [])
        {
            for (var group = 0; group < value.Items.Count; group++)
            {
                Add(entries, name, group, value.Items[group]);
            }
        }

        return entries;
    }

    private static void Add(List<HookEntry> entries, string name, int group, RawJson node)
    {
        if (node.Members.Count(member => member.Name == "hooks") != 1 || node["hooks"] is not { Items: { Count: > 0 } handlers })
        {
            entries.Add(new HookEntry(new HookPosition(name, group, HookPosition.Whole), node, null));
            return;
        }

        for (var index = 0; index < handlers.Count; index++)
        {
            entries.Add(new HookEntry(new HookPosition(name, group, index), node, handlers[index]));
        }
    }
}
