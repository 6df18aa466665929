using System.Text.Json.Nodes;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Results;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>
/// Hooks that <c>config.toml</c> itself defines under <c>[hooks]</c>: what the result shall say is decided by the rules of
/// <c>hooks.json</c>, handler by handler, our own first. Where the merge of the text, which knows whole groups alone, comes to something
/// else, the follower's groups are rearranged and it is merged again.
/// </summary>
internal static class ConfigHooks
{
    private const string Table = "hooks";

    // Begins a JSON text that stands for what JSON has no kind for, dates and floats, in the words of TOML.
    private const char Foreign = '\0';

    /// <summary>What the result shall say; null when no side has hooks there, or the follower owns them all.</summary>
    internal static MergedHooks? Decide(MergeRules rules, TomlDocument? @base, TomlDocument local, TomlDocument generated)
    {
        var others = new[] { @base, local, generated }.SelectMany(document => OtherEvents(document)).ToHashSet(StringComparer.Ordinal);
        var (here, master) = (Read(local, others), Read(generated, others));
        if ((here is null && master is null) || rules.Keep.Any(path => path.Count > 0 && path[0].Key == Table))
        {
            return null;
        }

        // Codex itself is asked about the whole of config.toml, so nothing is left out here.
        var merged = HooksMerge.Merge(
            rules.File, rules.OnDrift, @base is null ? null : Text(Read(@base, others)), Text(here), master is null ? Text([]) : Text(master), leavesOut: false);
        return merged with { OtherEvents = others };
    }

    /// <summary>Whether a document says what was decided.</summary>
    internal static bool Says(TomlDocument document, MergedHooks decided)
        => CanonicalJson.Of(WithoutEmpty(Read(document, decided.OtherEvents))) == CanonicalJson.Of(WithoutEmpty(Events(decided)));

    /// <summary>Where the decided handlers stand.</summary>
    internal static IReadOnlyCollection<HookPosition> Occupied(MergedHooks decided)
        => [.. HookEntry.ReadAll(HooksMerge.Parse(decided.Text, Table)).Select(entry => entry.Position)];

    /// <summary>Gives a document the decided groups, each in the words of whichever side has it.</summary>
    internal static void Arrange(TomlDocument document, TomlDocument generated, MergedHooks decided)
    {
        var original = TomlDocument.Parse(document.ToString());
        var before = Read(original, decided.OtherEvents) ?? [];
        var events = Events(decided);
        foreach (var name in before.Concat(events).Select(member => member.Key).Distinct(StringComparer.Ordinal).ToList())
        {
            var groups = events[name] as JsonArray ?? [];
            if (CanonicalJson.Of(groups) == CanonicalJson.Of(before[name] ?? new JsonArray()))
            {
                continue;
            }

            TomlPath path = [Table, name];
            document.Remove(path);
            foreach (var group in groups)
            {
                if (!AppendFrom(document, original, path, group) && !AppendFrom(document, generated, path, group))
                {
                    Append(document, path, (JsonObject)group!);
                }
            }
        }
    }

    /// <summary>The merge with the text that was decided, whatever stands in the way, and told handler by handler.</summary>
    internal static MergedConfig Complete(MergedConfig merged, TomlDocument generated, MergedHooks decided)
    {
        merged.Decisions.Changes.RemoveAll(change => change.Key is { } key && key.StartsWith("hooks.", StringComparison.Ordinal)
            && !key.StartsWith("hooks.state", StringComparison.Ordinal));
        merged.Decisions.Drift.RemoveAll(key => key.Element is not null && key.Path[0].Key == Table);
        merged.Decisions.Changes.AddRange(decided.Changes);
        merged.Decisions.Drift.AddRange(decided.Changes.Where(change => change.Reason == ChangeReason.Drift)
            .Select(change => new UnitKey(TomlPath.Parse(change.Key!), "handler")));
        var text = TomlDocument.Parse(merged.Text);
        if (Says(text, decided))
        {
            return merged;
        }

        Arrange(text, generated, decided);
        return merged with { Text = text.ToString() };
    }

    /// <summary>Takes out hooks of Codexport's own that came from the master: they would run the master's path to it.</summary>
    internal static void RemoveOwn(TomlDocument document)
    {
        var groups = document.Find([Table, CodexportHook.Event]) as TomlList;
        for (var group = (groups?.Count ?? 0) - 1; group >= 0; group--)
        {
            var handlers = (groups![group] as TomlTable)?[Table] as TomlList;
            var own = Enumerable.Range(0, handlers?.Count ?? 0)
                .Where(index => CodexportHook.IsOurs((handlers![index] as TomlTable)?["command"]?.AsString())).ToList();
            if (own.Count == 0)
            {
                continue;
            }

            if (own.Count == handlers!.Count)
            {
                document.Remove([Table, CodexportHook.Event, group]);
            }
            else
            {
                own.Reverse();
                own.ForEach(index => document.Remove([Table, CodexportHook.Event, group, Table, index]));
            }
        }
    }

    // Events whose groups can be told apart; the others are left to the merge of the text.
    private static JsonObject? Read(TomlDocument document, IReadOnlySet<string> others)
    {
        var events = new JsonObject();
        foreach (var (name, value) in Members(document).Where(member => member.Value is TomlList && !others.Contains(member.Key)))
        {
            events[name] = ToJson(value);
        }

        return events.Count == 0 ? null : events;
    }

    private static IEnumerable<string> OtherEvents(TomlDocument? document)
        => Members(document).Where(member => member.Value is not TomlList groups || !groups.All(group => group is TomlTable)).Select(member => member.Key);

    private static IEnumerable<KeyValuePair<string, TomlNode>> Members(TomlDocument? document)
        => (document?.Root[Table] as TomlTable ?? Enumerable.Empty<KeyValuePair<string, TomlNode>>()).Where(member => member.Key != "state");

    private static JsonObject Events(MergedHooks decided) => (decided.Text is null ? null : JsonNode.Parse(decided.Text)?[Table] as JsonObject) ?? [];

    private static JsonObject WithoutEmpty(JsonObject? events)
        => new((events ?? []).Where(member => member.Value is JsonArray { Count: > 0 }).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    private static string? Text(JsonObject? events)
        => events is null ? null : CanonicalJson.Of(new JsonObject { [Table] = events.DeepClone() });

    private static bool AppendFrom(TomlDocument document, TomlDocument source, TomlPath path, JsonNode? group)
    {
        var groups = source.Find(path) as TomlList;
        for (var index = 0; index < (groups?.Count ?? 0); index++)
        {
            if (CanonicalJson.Of(ToJson(groups![index])) == CanonicalJson.Of(group))
            {
                return document.AppendFrom(source, path, index);
            }
        }

        return false;
    }

    private static void Append(TomlDocument document, TomlPath path, JsonObject group)
        => document.Append(path, new TomlTable(group.Select(member => KeyValuePair.Create(member.Key, ToToml(member.Value)))));

    private static JsonNode? ToJson(TomlNode node) => node switch
    {
        TomlTable table => new JsonObject(table.Select(member => KeyValuePair.Create(member.Key, ToJson(member.Value)))),
        TomlList list => new JsonArray([.. list.Select(ToJson)]),
        TomlString text => JsonValue.Create(text.Value.StartsWith(Foreign) ? Foreign + text.Value : text.Value),
        TomlInteger number => JsonValue.Create(number.Value),
        TomlBoolean flag => JsonValue.Create(flag.Value),
        _ => JsonValue.Create($"{Foreign}={node}"),
    };

    private static TomlNode ToToml(JsonNode? node) => node switch
    {
        JsonObject members => new TomlTable(members.Select(member => KeyValuePair.Create(member.Key, ToToml(member.Value)))),
        JsonArray items => new TomlArray(items.Select(ToToml)),
        JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
        JsonValue value when value.TryGetValue<long>(out var number) => number,
        _ => ToToml(node?.GetValue<string>() ?? string.Empty),
    };

    private static TomlNode ToToml(string text) => text.Length < 2 || text[0] != Foreign ? text
        : text[1] == Foreign ? text[1..]
        : TomlDocument.Parse($"value {text[1..]}").Root["value"]!.CloneValue();
}
