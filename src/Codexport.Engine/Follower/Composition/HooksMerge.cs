using System.Text.Json;
using System.Text.Json.Nodes;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Follower.Composition;

/// <summary>What became of hooks: the merged text, and where each handler stands now.</summary>
internal sealed record MergedHooks
{
    /// <summary>The merged file; null when there is none.</summary>
    public required string? Text { get; init; }

    /// <summary>Where handlers of the follower's file went; null for those that went away.</summary>
    public required IReadOnlyDictionary<HookPosition, HookPosition?> Moves { get; init; }

    /// <summary>Where canonical handlers stand: position in the generated file to position in the merged one.</summary>
    public required IReadOnlyDictionary<HookPosition, HookPosition> Canonical { get; init; }

    /// <summary>Handlers that drifted, in short.</summary>
    public required IReadOnlyList<ChangeInfo> Changes { get; init; }

    /// <summary>How many canonical handlers were changed or deleted locally.</summary>
    public required int Drifted { get; init; }
}

/// <summary>
/// Merges <c>hooks.json</c> handler by handler: our own group first, then the master's, then what the follower added. Handlers are
/// compared by what they say, never by where they stand.
/// </summary>
internal sealed class HooksMerge
{
    private readonly string _file;
    private readonly DriftPolicy _onDrift;
    private readonly List<HookEntry> _local;
    private readonly List<HookEntry> _generated;
    private readonly List<HookEntry> _base;
    private readonly JsonObject? _localRoot;
    private readonly JsonObject? _generatedRoot;
    private readonly List<ChangeInfo> _changes = [];
    private readonly Dictionary<HookEntry, HookEntry?> _pairs = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<HookEntry> _taken = new(ReferenceEqualityComparer.Instance);
    private int _drifted;

    private HooksMerge(string file, DriftPolicy onDrift, JsonObject? @base, JsonObject? local, JsonObject? generated)
    {
        (_file, _onDrift, _localRoot, _generatedRoot) = (file, onDrift, local, generated);
        _local = HookEntry.ReadAll(local);

        // A hook of Codexport's own that came from the master would run the master's path to it.
        _generated = [.. HookEntry.ReadAll(generated).Where(entry => !entry.IsOwn)];
        _base = [.. HookEntry.ReadAll(@base).Where(entry => !entry.IsOwn)];
    }

    /// <summary>Merges.</summary>
    /// <param name="file">The file's path below the Codex home, for the reports.</param>
    /// <param name="onDrift">What happens to canonical handlers that were changed locally.</param>
    /// <param name="base">What was last generated.</param>
    /// <param name="local">What the follower has; null when it has no such file.</param>
    /// <param name="generated">What is generated now; null when canonical has no such file.</param>
    internal static MergedHooks Merge(string file, DriftPolicy onDrift, string? @base, string? local, string? generated)
    {
        var merge = new HooksMerge(file, onDrift, Parse(@base, file), Parse(local, file), Parse(generated, file));
        return merge.Merge(local, generated);
    }

    /// <summary>Reads a hooks file.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.JsonInvalid"/> with line and column.</exception>
    internal static JsonObject? Parse(string? text, string file)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        try
        {
            var root = JsonNode.Parse(text.TrimStart('\uFEFF')) as JsonObject;

            // Repeated keys show when the object is looked at, not before.
            return root is not null && root.Count >= 0 ? root : throw new JsonException("It holds no JSON object.");
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            var (line, column) = error is JsonException json ? ((json.LineNumber ?? 0) + 1, (json.BytePositionInLine ?? 0) + 1) : (1, 1);
            throw new CodexportException(
                ErrorCode.JsonInvalid,
                $"'{file}' is no JSON object at line {line}, column {column}.",
                "Nothing was changed. Correct the file, or move it away; Codex itself does not read it either.",
                file,
                error)
            {
                Details = [new("file", file), new("line", $"{line}"), new("column", $"{column}")],
            };
        }
    }

    private MergedHooks Merge(string? localText, string? generatedText)
    {
        var canonical = DecideCanonical();
        var known = _base.Concat(_generated).Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _local.Where(entry => !entry.IsOwn && !_taken.Contains(entry) && known.Contains(entry.Key)))
        {
            _changes.Add(Change(gone, ChangeAction.Remove, ChangeReason.Canonical));
        }

        var own = _local.Where(entry => entry.IsOwn).ToList();
        var added = _local.Where(entry => !entry.IsOwn && !_taken.Contains(entry) && !known.Contains(entry.Key)).ToList();
        own.ForEach(entry => _pairs[entry] = entry);
        added.ForEach(entry => _pairs[entry] = entry);
        var builder = new HooksBuilder();
        builder.AddAll(own);
        builder.AddAll(canonical);
        builder.AddAll(added);
        return new MergedHooks
        {
            Text = Print(builder.Root(_localRoot, _generatedRoot), localText, generatedText),
            Moves = _local.ToDictionary(entry => entry.Position, entry => PositionOf(builder, entry)),
            Canonical = _generated.Where(entry => builder.Find(entry) is not null).ToDictionary(entry => entry.Position, entry => builder.Find(entry)!.Value),
            Changes = _changes,
            Drifted = _drifted,
        };
    }

    private HookPosition? PositionOf(HooksBuilder builder, HookEntry local)
        => _pairs.GetValueOrDefault(local) is { } entry ? builder.Find(entry) : null;

    // The canonical part of the result: generated handlers, or the follower's in place of those that it changed and may keep.
    private List<HookEntry> DecideCanonical()
    {
        var result = new List<HookEntry>();
        var former = _base.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in _generated)
        {
            if (Take(local => local.Key == entry.Key) is { } same)
            {
                _pairs[same] = entry;
                result.Add(entry);
            }
            else if (!former.Contains(entry.Key))
            {
                TakeNew(entry);
                result.Add(entry);
            }
            else if (Drifted(entry) is { } kept)
            {
                result.Add(kept);
            }
        }

        return result;
    }

    // The same command with other options is the same handler: what the follower said about it, such as that it is off, goes along.
    private void TakeNew(HookEntry entry)
    {
        var known = _base.Select(other => other.Key).Except(_generated.Select(other => other.Key)).ToHashSet(StringComparer.Ordinal);
        var replaced = entry.Command is null ? null : Take(local => known.Contains(local.Key)
            && local.Position.Event == entry.Position.Event && local.Command == entry.Command);
        if (replaced is not null)
        {
            _pairs[replaced] = entry;
        }

        _changes.Add(Change(entry, replaced is null ? ChangeAction.Add : ChangeAction.Update, ChangeReason.Canonical));
    }

    // A canonical handler that is not there as it was generated: changed, or deleted.
    private HookEntry? Drifted(HookEntry entry)
    {
        _drifted++;
        var known = _base.Concat(_generated).Select(other => other.Key).ToHashSet(StringComparer.Ordinal);
        var changed = Take(local => !known.Contains(local.Key) && local.Position.Event == entry.Position.Event && local.Command == entry.Command)
            ?? Take(local => !known.Contains(local.Key) && IsSamePlace(local, entry));
        if (_onDrift == DriftPolicy.Keep)
        {
            _changes.Add(Change(changed ?? entry, ChangeAction.Keep, ChangeReason.Drift));
            if (changed is not null)
            {
                _pairs[changed] = changed;
            }

            return changed;
        }

        _changes.Add(Change(entry, changed is null ? ChangeAction.Add : ChangeAction.Update, ChangeReason.Drift));
        if (changed is not null)
        {
            _pairs[changed] = entry;
        }

        return entry;
    }

    // Canonical groups come right behind our own.
    private bool IsSamePlace(HookEntry local, HookEntry entry)
    {
        var before = _local.Where(other => other.IsOwn && other.Position.Event == local.Position.Event).Select(other => other.Position.Group).Distinct().Count();
        return local.Position == entry.Position with { Group = entry.Position.Group + before } && local.GroupKey == entry.GroupKey;
    }

    private HookEntry? Take(Func<HookEntry, bool> isIt)
    {
        var found = _local.Find(entry => !entry.IsOwn && !_taken.Contains(entry) && isIt(entry));
        if (found is not null)
        {
            _taken.Add(found);
        }

        return found;
    }

    private string? Print(JsonObject? result, string? localText, string? generatedText)
        => result is null ? localText
            : _localRoot is not null && JsonNode.DeepEquals(result, _localRoot) ? localText
            : _generatedRoot is not null && JsonNode.DeepEquals(result, _generatedRoot) ? generatedText
            : CanonicalJson.ForPeople(result);

    private ChangeInfo Change(HookEntry entry, ChangeAction action, ChangeReason reason)
    {
        var shown = SecretMask.ShowCommand(entry.Command ?? "?");
        return new ChangeInfo(
            _file, $"hooks.{entry.Position.Event}", action, reason,
            action is ChangeAction.Add ? null : shown, action is ChangeAction.Remove ? null : shown);
    }
}
