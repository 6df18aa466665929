using System.Text.Json.Nodes;

namespace Codexport.Engine.Follower.Composition;

/// <summary>Puts handlers into groups again: those that stood together and say the same about their group stay together.</summary>
internal sealed class HooksBuilder
{
    private readonly Dictionary<string, List<GroupOut>> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<HookEntry, HookPosition> _positions = new(ReferenceEqualityComparer.Instance);

    /// <summary>Appends handlers of one file, in its order.</summary>
    internal void AddAll(IReadOnlyList<HookEntry> entries)
    {
        HookEntry? previous = null;
        foreach (var entry in entries)
        {
            var groups = GroupsOf(entry.Position.Event);
            var isTogether = previous is not null && previous.Position.Event == entry.Position.Event
                && previous.Position.Group == entry.Position.Group && previous.GroupKey == entry.GroupKey;
            if (!isTogether)
            {
                groups.Add(new GroupOut(entry.Group, []));
            }

            _positions[entry] = new HookPosition(entry.Position.Event, groups.Count - 1, groups[^1].Handlers.Count);
            groups[^1].Handlers.Add(entry.Handler);
            previous = entry;
        }
    }

    /// <summary>Where a handler stands now; null when it does not.</summary>
    internal HookPosition? Find(HookEntry entry) => _positions.TryGetValue(entry, out var position) ? position : null;

    /// <summary>The file; null when it would say nothing and neither side has one.</summary>
    internal JsonObject? Root(JsonObject? local, JsonObject? generated)
    {
        if (_events.Count == 0 && generated is null)
        {
            // Nothing of the master's is left: a file without handlers stays as the follower has it, one that had some loses them.
            return local is null || HookEntry.ReadAll(local).Count == 0 ? null : WithHooks(local, new JsonObject());
        }

        var order = Names(generated).Concat(Names(local)).Concat(_events.Keys).Distinct(StringComparer.Ordinal);
        var hooks = new JsonObject();
        foreach (var name in order.Where(name => _events.ContainsKey(name) || Names(generated).Contains(name)))
        {
            hooks[name] = new JsonArray([.. (_events.GetValueOrDefault(name) ?? []).Select(JsonNode (group) => group.ToJson())]);
        }

        var root = WithHooks(generated ?? local ?? [], hooks);
        foreach (var (key, value) in local ?? [])
        {
            root.TryAdd(key, value?.DeepClone());
        }

        return root;
    }

    private static IEnumerable<string> Names(JsonObject? root) => (root?["hooks"] as JsonObject ?? []).Select(member => member.Key);

    private static JsonObject WithHooks(JsonObject root, JsonObject hooks)
    {
        var copy = (JsonObject)root.DeepClone();
        copy["hooks"] = hooks;
        return copy;
    }

    private List<GroupOut> GroupsOf(string name)
        => _events.TryGetValue(name, out var groups) ? groups : _events[name] = [];

    private sealed record GroupOut(JsonObject Group, List<JsonNode?> Handlers)
    {
        internal JsonObject ToJson()
        {
            var json = (JsonObject)Group.DeepClone();
            json["hooks"] = new JsonArray([.. Handlers.Select(handler => handler?.DeepClone())]);
            return json;
        }
    }
}
