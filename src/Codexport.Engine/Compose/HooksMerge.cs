using System.Text;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Compose;

/// <summary>What became of hooks: the merged text, and where each handler stands now.</summary>
internal sealed record MergedHooks
{
    /// <summary>The merged file; null when there is none.</summary>
    public required string? Text { get; init; }

    /// <summary>Where handlers of the follower's file went, and groups that are not a list of handlers; null for those that went away.</summary>
    public required IReadOnlyDictionary<HookPosition, HookPosition?> Moves { get; init; }

    /// <summary>Where canonical handlers stand: position in the generated file to position in the merged one.</summary>
    public required IReadOnlyDictionary<HookPosition, HookPosition> Canonical { get; init; }

    /// <summary>Handlers that drifted, in short.</summary>
    public required IReadOnlyList<ChangeInfo> Changes { get; init; }

    /// <summary>How many canonical handlers were changed or deleted locally.</summary>
    public required int Drifted { get; init; }

    /// <summary>What of the master's Codex does not accept and was left out, each with its place.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Events of <c>config.toml</c> that this says nothing about, because one side has something else than a list of tables there.</summary>
    public IReadOnlySet<string> OtherEvents { get; init; } = new HashSet<string>();
}

/// <summary>
/// Merges <c>hooks.json</c> handler by handler: our own group first, then the master's, then what the follower added. Handlers are
/// compared by what they say, never by where they stand. What of the follower's file is not a handler is carried as it is; what of the
/// master's Codex would not accept is left out, because it then would read no hook of the file.
/// </summary>
internal sealed class HooksMerge
{
    private const string Table = "hooks";

    private readonly string _file;
    private readonly DriftPolicy _onDrift;
    private readonly List<HookEntry> _local;
    private readonly List<HookEntry> _generated;
    private readonly List<HookEntry> _base;
    private readonly RawJson? _localRoot;
    private readonly RawJson? _generatedRoot;
    private readonly RawJson? _baseRoot;
    private readonly List<ChangeInfo> _changes = [];
    private readonly IReadOnlyList<string> _leftOut;
    private readonly Dictionary<HookEntry, HookEntry?> _pairs = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<HookEntry> _taken = new(ReferenceEqualityComparer.Instance);
    private int _drifted;

    private HooksMerge(string file, DriftPolicy onDrift, RawJson? @base, RawJson? local, RawJson? generated, bool leavesOut)
    {
        (_file, _onDrift, _localRoot) = (file, onDrift, local);
        _local = HookEntry.ReadAll(local);
        var (accepted, former) = (new AcceptedHooks(generated, leavesOut), new AcceptedHooks(@base, leavesOut));
        (_generatedRoot, _generated, _leftOut) = (accepted.Root, accepted.Entries, accepted.LeftOut);
        (_baseRoot, _base) = (former.Root, former.Entries);
    }

    /// <summary>Merges.</summary>
    /// <param name="file">The file's path below the Codex home, for the reports.</param>
    /// <param name="onDrift">What happens to canonical handlers that were changed locally.</param>
    /// <param name="base">What was last generated.</param>
    /// <param name="local">What the follower has; null when it has no such file.</param>
    /// <param name="generated">What is generated now; null when canonical has no such file.</param>
    /// <param name="leavesOut">Whether what Codex would not accept of the master's is left out; else all of it is taken.</param>
    internal static MergedHooks Merge(string file, DriftPolicy onDrift, string? @base, string? local, string? generated, bool leavesOut = true)
    {
        var merge = new HooksMerge(file, onDrift, Parse(@base, file), Parse(local, file), Parse(generated, file), leavesOut);
        return merge.KeepsWhole() ? merge.AsItIs(local) : merge.Merge(local, generated);
    }

    /// <summary>Reads a hooks file.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.JsonInvalid"/> with line and column.</exception>
    internal static RawJson? Parse(string? text, string file) => text is null ? null : HooksJson.Read(Encoding.UTF8.GetBytes(text), file);

    // The follower's 'hooks' is not a table of events, and what it wrote there shall stay: nothing can be put into it.
    private bool KeepsWhole() => _onDrift == DriftPolicy.Keep && _generatedRoot?[Table] is { IsObject: true } && HasOtherHooks(_localRoot);

    private static bool HasOtherHooks(RawJson? root) => root?[Table] is { IsObject: false } hooks && !HookMembers.SaysNothing(hooks);

    private MergedHooks AsItIs(string? local) => new()
    {
        Text = local,
        Moves = new Dictionary<HookPosition, HookPosition?>(),
        Canonical = new Dictionary<HookPosition, HookPosition>(),
        Changes = [new ChangeInfo(_file, Table, ChangeAction.Keep, ChangeReason.Drift)],
        Drifted = 1,
        LeftOut = _leftOut,
    };

    private MergedHooks Merge(string? localText, string? generatedText)
    {
        var otherEvents = OtherEvents();
        var canonical = DecideCanonical();
        var own = _local.Where(entry => entry.IsOwn).ToList();
        var added = Added();
        own.ForEach(entry => _pairs[entry] = entry);
        added.ForEach(entry => _pairs[entry] = entry);
        var builder = new HooksBuilder();
        builder.AddAll(own);
        builder.AddAll(canonical);
        builder.AddAll(added);
        var result = _localRoot is null && _generatedRoot is null ? null : builder.Root(_localRoot, _generatedRoot, OtherMembers(), otherEvents);
        return new MergedHooks
        {
            Text = Print(result, localText, generatedText),
            Moves = _local.ToDictionary(entry => entry.Position, entry => PositionOf(builder, entry)),
            Canonical = _generated.Where(entry => builder.Find(entry) is not null).ToDictionary(entry => entry.Position, entry => builder.Find(entry)!.Value),
            Changes = _changes,
            Drifted = _drifted,
            LeftOut = _leftOut,
        };
    }

    // What the follower has beside the canonical part: not what was generated last, as often as it was.
    private List<HookEntry> Added()
    {
        var gone = _base.CountBy(entry => entry.Key).ToDictionary(StringComparer.Ordinal);
        foreach (var entry in _taken.Where(entry => gone.ContainsKey(entry.Key)))
        {
            gone[entry.Key]--;
        }

        var added = new List<HookEntry>();
        foreach (var entry in _local.Where(entry => !entry.IsOwn && !_taken.Contains(entry)))
        {
            if (gone.GetValueOrDefault(entry.Key) <= 0)
            {
                added.Add(entry);
                continue;
            }

            gone[entry.Key]--;
            _changes.Add(Change(entry, ChangeAction.Remove, ChangeReason.Canonical));
        }

        return added;
    }

    // Beside 'hooks' itself, which is merged handler by handler.
    private List<RawMember> OtherMembers()
    {
        var isNamed = HasOtherHooks(_localRoot) && _generatedRoot?[Table] is { IsObject: true };
        if (isNamed)
        {
            _changes.Add(new ChangeInfo(_file, Table, ChangeAction.Update, ChangeReason.Drift));
            _drifted++;
        }

        return new HookMembers(_file, string.Empty, _onDrift, _changes).Merge(Others(_baseRoot), Others(_localRoot), Others(_generatedRoot));
    }

    private static List<RawMember> Others(RawJson? root) => [.. (root?.Members ?? []).Where(member => member.Name != Table)];

    // Events that hold no list. One that is a list on the other side cannot be both.
    private List<RawMember> OtherEvents()
    {
        var (mine, theirs) = (NoLists(_localRoot), NoLists(_generatedRoot));
        var lists = _generated.Select(entry => entry.Position.Event).ToHashSet(StringComparer.Ordinal);
        foreach (var clash in mine.Where(member => lists.Contains(member.Name)).ToList())
        {
            var isKept = _onDrift == DriftPolicy.Keep && !HookMembers.SaysNothing(clash.Value);
            if (isKept)
            {
                _generated.RemoveAll(entry => entry.Position.Event == clash.Name);
            }
            else
            {
                mine.Remove(clash);
            }

            if (!HookMembers.SaysNothing(clash.Value))
            {
                _drifted++;
                _changes.Add(new ChangeInfo(_file, $"hooks.{clash.Name}", isKept ? ChangeAction.Keep : ChangeAction.Update, ChangeReason.Drift));
            }
        }

        theirs.RemoveAll(member => _local.Exists(entry => entry.Position.Event == member.Name));
        return new HookMembers(_file, "hooks.", _onDrift, _changes).Merge(NoLists(_baseRoot), mine, theirs);
    }

    private static List<RawMember> NoLists(RawJson? root) => [.. (root?[Table]?.Members ?? []).Where(member => !member.Value.IsList)];

    private HookPosition? PositionOf(HooksBuilder builder, HookEntry local)
        => _pairs.GetValueOrDefault(local) is { } entry ? builder.Find(entry) : null;

    // The canonical part of the result: generated handlers, or the follower's in place of those that it changed and may keep.
    private List<HookEntry> DecideCanonical()
    {
        var result = new List<HookEntry>();
        var former = _base.CountBy(entry => entry.Key).ToDictionary(StringComparer.Ordinal);
        foreach (var entry in _generated)
        {
            // The master may say the same twice, and then it is there twice.
            var wasThere = former.GetValueOrDefault(entry.Key) > 0;
            former[entry.Key] = former.GetValueOrDefault(entry.Key) - 1;
            if (Take(local => local.Key == entry.Key) is { } same)
            {
                _pairs[same] = entry;
                result.Add(entry);
            }
            else if (!wasThere)
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
        var changed = entry.Handler is null ? null
            : (entry.Command is null ? null : Take(local => !known.Contains(local.Key) && local.Position.Event == entry.Position.Event && local.Command == entry.Command))
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

    private string? Print(RawJson? result, string? localText, string? generatedText)
        => result is null || result.Key == _localRoot?.Key ? localText
            : _leftOut.Count == 0 && result.Key == _generatedRoot?.Key ? generatedText
            : result.ToText();

    private ChangeInfo Change(HookEntry entry, ChangeAction action, ChangeReason reason)
    {
        var shown = SecretMask.ShowCommand(entry.Command ?? "?");
        return new ChangeInfo(
            _file, $"hooks.{entry.Position.Event}", action, reason,
            action is ChangeAction.Add ? null : shown, action is ChangeAction.Remove ? null : shown);
    }
}
