using System.Diagnostics.CodeAnalysis;
using Codexport.Engine.Results;

namespace Codexport.Engine.Settings;

/// <summary>One entry of <c>[scan] ignore</c>: <c>RULE:PATTERN</c>, such as <c>literal-token:skills/demo/**</c>.</summary>
/// <param name="Rule">The rule that is silenced.</param>
/// <param name="Pattern">For which files; a pattern that matches a folder covers everything in it.</param>
public sealed record ScanIgnore(ScanRule Rule, string Pattern)
{
    /// <summary>The words of all rules.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Enum.GetValues<ScanRule>().Select(WordOf)];

    /// <summary>A rule as settings spell it.</summary>
    public static string WordOf(ScanRule rule) => rule switch
    {
        ScanRule.HiddenUnicode => "hidden-unicode",
        ScanRule.BidirectionalUnicode => "bidirectional-unicode",
        ScanRule.LiteralToken => "literal-token",
        ScanRule.NetworkCommand => "network-command",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Nothing is said of this rule."),
    };

    /// <summary>Reads an entry.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ScanIgnore? ignore)
    {
        ArgumentNullException.ThrowIfNull(text);
        ignore = null;
        var colon = text.IndexOf(':');
        if (colon <= 0 || text[(colon + 1)..].Trim() is not { Length: > 0 } pattern)
        {
            return false;
        }

        foreach (var rule in Enum.GetValues<ScanRule>())
        {
            if (text[..colon].Trim() == WordOf(rule))
            {
                ignore = new ScanIgnore(rule, pattern);
            }
        }

        return ignore is not null;
    }
}
