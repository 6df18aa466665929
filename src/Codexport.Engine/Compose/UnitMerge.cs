using Codexport.Engine.Codex;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>Whose value a unit of the result has.</summary>
internal enum UnitSource
{
    /// <summary>Canonical text and overlay.</summary>
    Generated,

    /// <summary>The file on the follower.</summary>
    Local,
}

/// <summary>
/// Decides unit by unit between what is generated now, what was generated last (the base) and what the follower has. Text is no concern
/// here; see <see cref="TextMerge"/>.
/// </summary>
internal sealed class UnitMerge
{
    private readonly MergeRules _rules;
    private readonly ConfigUnits? _base;
    private readonly ConfigUnits _local;
    private readonly ConfigUnits _generated;
    private readonly TomlTable _generatedRoot;
    private readonly Dictionary<UnitKey, UnitSource> _sources = [];

    /// <summary>Merges.</summary>
    /// <param name="rules">What the person decided.</param>
    /// <param name="base">What was last generated; null when nothing was.</param>
    /// <param name="local">What the follower has.</param>
    /// <param name="generated">What is generated now.</param>
    /// <param name="generatedRoot">Its tree.</param>
    internal UnitMerge(MergeRules rules, ConfigUnits? @base, ConfigUnits local, ConfigUnits generated, TomlTable generatedRoot)
    {
        (_rules, _base, _local, _generated, _generatedRoot) = (rules, @base, local, generated, generatedRoot);
        foreach (var key in generated.Keys)
        {
            DecideGenerated(key);
        }

        foreach (var key in local.Keys.Where(key => generated[key] is null))
        {
            DecideLocal(key);
        }
    }

    /// <summary>The units of the result and whose they are; a unit that is not in it goes.</summary>
    internal IReadOnlyDictionary<UnitKey, UnitSource> Sources => _sources;

    /// <summary>Canonical units that were changed locally, whatever came of it.</summary>
    internal List<UnitKey> Drift { get; } = [];

    /// <summary>MCP servers that two sides claim.</summary>
    internal List<UnitKey> Conflicts { get; } = [];

    /// <summary>Local MCP servers that stand in for canonical ones because the person allowed it.</summary>
    internal List<UnitKey> Overrides { get; } = [];

    /// <summary>Every change against the follower's file.</summary>
    internal List<ChangeInfo> Changes { get; } = [];

    /// <summary>The value that a unit has on the follower, or null.</summary>
    internal TomlNode? LocalValue(UnitKey key) => _local[key];

    /// <summary>The value that a unit has in the result, or null.</summary>
    internal TomlNode? Expected(UnitKey key) => _sources.TryGetValue(key, out var source)
        ? source == UnitSource.Local ? _local[key] : _generated[key]
        : null;

    private void DecideGenerated(UnitKey key)
    {
        var generated = _generated[key]!;
        var local = _local[key];
        var former = _base?[key];
        var isSettled = _rules.IsSame(generated, local) || (former is null ? local is null : _rules.IsSame(former, local));
        if (local is not null && ConfigKeys.IsOfProgram(key.Path, local))
        {
            _sources[key] = UnitSource.Local;
        }
        else if (local is null && generated is TomlTable { Count: 0 } && key is { ServerName: null, Element: null })
        {
            // An empty table says nothing: who adds below it, or takes its header out, changes nothing of the master's.
            _sources[key] = UnitSource.Generated;
        }
        else if (_rules.IsKept(key) && (local is not null || former is not null))
        {
            Keep(key, local, ChangeReason.KeptLocal);
        }
        else if (isSettled)
        {
            Take(key, local, _rules.OverlayKeys.Contains(key) ? ChangeReason.Overlay : ChangeReason.Canonical);
        }
        else if (local is not null && _rules.IsAllowed(key))
        {
            Overrides.Add(key);
            Keep(key, local, ChangeReason.Overlay);
        }
        else if (former is null && local is not null && _rules.IsClaim(key))
        {
            Conflict(key, key.ServerName!, local, generated);
        }
        else
        {
            Drifted(key, local);
        }
    }

    private void Drifted(UnitKey key, TomlNode? local)
    {
        Drift.Add(key);
        if (_rules.OnDrift == DriftPolicy.Keep)
        {
            Keep(key, local, ChangeReason.Drift);
        }
        else
        {
            Take(key, local, ChangeReason.Drift);
        }
    }

    private void Conflict(UnitKey key, string name, TomlNode local, TomlNode generated)
    {
        Conflicts.Add(key);
        _sources[key] = UnitSource.Local;
        Changes.Add(new ChangeInfo(
            _rules.File, key.Shown, ChangeAction.Keep, ChangeReason.Conflict, SecretMask.Show(key, local), SecretMask.Show(key, generated),
            $"Both this follower and the master define the MCP server '{name}'; rename or remove yours, or add \"{name}\" to allowMcpOverrides in local.toml to let yours win."));
    }

    private void DecideLocal(UnitKey key)
    {
        var local = _local[key]!;
        var former = _base?[key];
        if (IsInTheWay(key))
        {
            DecideClash(key, local, former);
        }
        else if (former is null || _rules.IsKept(key) || ConfigKeys.IsOfProgram(key.Path, local))
        {
            _sources[key] = UnitSource.Local;
        }
        else if (_rules.IsSame(former, local))
        {
            Changes.Add(new ChangeInfo(_rules.File, key.Shown, ChangeAction.Remove, ChangeReason.Canonical, SecretMask.Show(key, local)));
        }
        else
        {
            _sources[key] = UnitSource.Local;
            Drift.Add(key);
            Changes.Add(new ChangeInfo(
                _rules.File, key.Shown, ChangeAction.Keep, ChangeReason.KeptLocal, SecretMask.Show(key, local), SecretMask.Show(key, local),
                "The master dropped this key, and it was changed here: it stays."));
        }
    }

    // A key is a table on one side and a value on the other: both cannot stand in one document.
    private void DecideClash(UnitKey key, TomlNode local, TomlNode? former)
    {
        if (local is TomlTable { Count: 0 } || (former?.SemanticEquals(local) ?? false))
        {
            return;
        }

        Drift.Add(key);
        if (_rules.OnDrift != DriftPolicy.Keep && !_rules.IsKept(key))
        {
            Changes.Add(new ChangeInfo(
                _rules.File, key.Shown, ChangeAction.Remove, ChangeReason.Drift, SecretMask.Show(key, local), null,
                "The master defines the same key in another shape."));
            return;
        }

        foreach (var other in _generated.Keys.Where(other => other.Overlaps(key)))
        {
            _sources.Remove(other);
        }

        _sources[key] = UnitSource.Local;
        Changes.Add(new ChangeInfo(_rules.File, key.Shown, ChangeAction.Keep, ChangeReason.Drift, SecretMask.Show(key, local)));
    }

    private bool IsInTheWay(UnitKey key)
    {
        TomlNode node = _generatedRoot;
        for (var depth = 0; depth < key.Path.Count; depth++)
        {
            if (node is not TomlTable table)
            {
                return true;
            }

            if (table[key.Path[depth].Key!] is not { } next)
            {
                return false;
            }

            node = next;
        }

        // Elements of one list of units stand side by side; anything else here is another shape of the same key.
        return key.Element is null || node is not TomlList;
    }

    private void Take(UnitKey key, TomlNode? local, ChangeReason reason)
    {
        var generated = _generated[key]!;
        _sources[key] = UnitSource.Generated;
        if (!generated.SemanticEquals(local))
        {
            Changes.Add(new ChangeInfo(
                _rules.File, key.Shown, local is null ? ChangeAction.Add : ChangeAction.Update, reason,
                local is null ? null : SecretMask.Show(key, local), SecretMask.Show(key, generated)));
        }
    }

    private void Keep(UnitKey key, TomlNode? local, ChangeReason reason)
    {
        if (local is not null)
        {
            _sources[key] = UnitSource.Local;
        }

        if (!_generated[key]!.SemanticEquals(local))
        {
            Changes.Add(new ChangeInfo(
                _rules.File, key.Shown, ChangeAction.Keep, reason, local is null ? null : SecretMask.Show(key, local),
                SecretMask.Show(key, _generated[key]!)));
        }
    }
}
