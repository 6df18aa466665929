using System.Text.Json.Nodes;
using Codexport.Engine.Codex;

namespace Codexport.Engine.Follower.Composition;

/// <summary>Where a handler stands.</summary>
/// <param name="Event">The event's name as written.</param>
/// <param name="Group">Which group of the event, from 0.</param>
/// <param name="Handler">Which handler of the group, from 0.</param>
internal readonly record struct HookPosition(string Event, int Group, int Handler);

/// <summary>One handler with what its group says: the unit of the merge of hooks.</summary>
internal sealed class HookEntry
{
    private HookEntry(HookPosition position, JsonObject group, JsonNode? handler)
    {
        Position = position;
        Group = group;
        Handler = handler;
        GroupKey = CanonicalJson.Of(group);
        Key = $"{position.Event}\0{GroupKey}\0{CanonicalJson.Of(handler)}";
    }

    internal HookPosition Position { get; }

    /// <summary>The group without its handlers.</summary>
    internal JsonObject Group { get; }

    internal JsonNode? Handler { get; }

    internal string GroupKey { get; }

    /// <summary>The same for the same handler in the same kind of group, wherever it stands.</summary>
    internal string Key { get; }

    internal string? Command => Handler is JsonObject handler && handler["command"] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    internal bool IsOwn => Position.Event == CodexportHook.Event && CodexportHook.IsOurs(Command);

    /// <summary>All handlers of a file, in order; groups of another shape than Codex reads have none.</summary>
    internal static List<HookEntry> ReadAll(JsonObject? root)
    {
        var entries = new List<HookEntry>();
        foreach (var (name, value) in root?["hooks"] as JsonObject ?? [])
        {
            var groups = value as JsonArray ?? [];
            for (var group = 0; group < groups.Count; group++)
            {
                Add(entries, name, group, groups[group]);
            }
        }

        return entries;
    }

    private static void Add(List<HookEntry> entries, string name, int group, JsonNode? node)
    {
        if (node is not JsonObject members || members["hooks"] is not JsonArray handlers)
        {
            return;
        }

        var bare = new JsonObject(members.Where(member => member.Key != "hooks").Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        for (var index = 0; index < handlers.Count; index++)
        {
            entries.Add(new HookEntry(new HookPosition(name, group, index), bare, handlers[index]));
        }
    }
}
