using System.Text;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Compose;

/// <summary>
/// Merges a rules file three ways, statement by statement: the master's rules as it writes them, then what this follower added, such as what
/// Codex appends when a person says "don't ask again". The order of rules means nothing to Codex: the strictest counts.
/// </summary>
internal sealed class RulesMerge
{
    private readonly string _file;
    private readonly DriftPolicy _onDrift;
    private readonly IReadOnlyList<RulesStatement> _base;
    private readonly IReadOnlyList<RulesStatement> _local;
    private readonly IReadOnlyList<RulesStatement> _generated;

    /// <summary>Takes over the three sides, each cut already; what is not there is empty.</summary>
    internal RulesMerge(
        string file, DriftPolicy onDrift, IReadOnlyList<RulesStatement> @base, IReadOnlyList<RulesStatement> local, IReadOnlyList<RulesStatement> generated)
        => (_file, _onDrift, _base, _local, _generated) = (file, onDrift, @base, local, generated);

    /// <summary>What was decided, rule by rule.</summary>
    internal List<ChangeInfo> Changes { get; } = [];

    /// <summary>The rules of the master's that were changed or deleted here.</summary>
    internal List<string> Drift { get; } = [];

    /// <summary>The text that shall be there; empty when nothing is left to say.</summary>
    /// <param name="localText">What is there now.</param>
    /// <param name="generatedText">What the master says.</param>
    internal string Merge(string localText, string generatedText)
    {
        var (before, here, now) = (Keys(_base), Keys(_local), Keys(_generated));
        var canonical = _generated.Where(rule => here.Contains(rule.Key) || IsWritten(rule, before)).ToList();
        var added = _local.Where(rule => !before.Contains(rule.Key) && !now.Contains(rule.Key)).ToList();
        foreach (var gone in _local.Where(rule => before.Contains(rule.Key) && !now.Contains(rule.Key) && !rule.IsRemark))
        {
            Changes.Add(Change(gone, ChangeAction.Remove, ChangeReason.Canonical));
        }

        // Where rules stand is the person's matter as long as all of them do.
        if (here.SetEquals(Keys(canonical).Concat(Keys(added))) && before.SetEquals(now))
        {
            return localText;
        }

        var isWhole = canonical.Count == _generated.Count;
        if (isWhole && added.Count == 0)
        {
            return generatedText;
        }

        var text = new StringBuilder(isWhole ? generatedText : string.Concat(canonical.Select(rule => rule.Text)));
        if (text.Length > 0 && text[^1] != '\n')
        {
            text.Append('\n');
        }

        added.ForEach(rule => text.Append(rule.Text));
        return text.ToString();
    }

    // A rule of the master's that is not here: new, or changed here.
    private bool IsWritten(RulesStatement rule, HashSet<string> before)
    {
        var isDrift = before.Contains(rule.Key);
        var isKept = isDrift && _onDrift == DriftPolicy.Keep;
        if (rule.IsRemark)
        {
            return !isKept;
        }

        if (isDrift)
        {
            Drift.Add($"{_file}: {Shown(rule)}");
        }

        Changes.Add(Change(rule, isKept ? ChangeAction.Keep : ChangeAction.Add, isDrift ? ChangeReason.Drift : ChangeReason.Canonical));
        return !isKept;
    }

    private static HashSet<string> Keys(IEnumerable<RulesStatement> rules) => rules.Select(rule => rule.Key).ToHashSet(StringComparer.Ordinal);

    private static string Shown(RulesStatement rule) => SecretMask.ShowCommand(rule.Key);

    private ChangeInfo Change(RulesStatement rule, ChangeAction action, ChangeReason reason) => new(
        _file, Shown(rule), action, reason, action == ChangeAction.Add ? null : Shown(rule), action == ChangeAction.Remove ? null : Shown(rule));
}
