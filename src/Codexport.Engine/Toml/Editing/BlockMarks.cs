using System.Text.RegularExpressions;
using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml.Editing;

/// <summary>
/// Comments between which another tool keeps its own lines: <c># &gt;&gt;&gt; tool &gt;&gt;&gt;</c> and <c># &lt;&lt;&lt; tool &lt;&lt;&lt;</c>,
/// <c># BEGIN tool</c> and <c># END tool</c>.
/// </summary>
internal static partial class BlockMarks
{
    /// <summary>What the opening and the closing comment of a block have in common; null for any other line.</summary>
    internal static string? OpeningKey(string line) => KeyOf(line, Opening());

    /// <inheritdoc cref="OpeningKey"/>
    internal static string? ClosingKey(string line) => KeyOf(line, Closing());

    /// <summary>Whether a comment opens or closes a block that holds more than what is being removed.</summary>
    internal static bool StaysWith(TriviaElement comment, Func<Element, bool> isRemoved)
    {
        var text = comment.Tail.ToString();
        return (OpeningKey(text) is { } opened && Encloses(comment, opened, isForward: true, isRemoved))
            || (ClosingKey(text) is { } closed && Encloses(comment, closed, isForward: false, isRemoved));
    }

    private static bool Encloses(Element comment, string key, bool isForward, Func<Element, bool> isRemoved)
    {
        var holdsMore = false;
        for (var element = Next(comment, isForward); element is not null; element = Next(element, isForward))
        {
            if (element is not TriviaElement trivia)
            {
                holdsMore |= !isRemoved(element);
            }
            else if ((isForward ? ClosingKey(trivia.Tail.ToString()) : OpeningKey(trivia.Tail.ToString())) == key)
            {
                return holdsMore;
            }
        }

        return false;
    }

    private static Element? Next(Element element, bool isForward) => isForward ? element.Next : element.Previous;

    // Without the word that opens or closes, and without ornaments.
    private static string? KeyOf(string line, Regex word)
        => line.AsSpan().TrimStart() is ['#', ..] && word.IsMatch(line) ? Ornaments().Replace(word.Replace(line, " "), " ").Trim().ToUpperInvariant() : null;

    [GeneratedRegex(@"\b(begin|start)s?\b|>>>+|\bregion\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Opening();

    [GeneratedRegex(@"\b(end|stop)s?\b|<<<+|\bendregion\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Closing();

    [GeneratedRegex(@"[^\p{L}\p{N}]+")]
    private static partial Regex Ornaments();
}
