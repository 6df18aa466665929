using System.Globalization;
using System.Text.RegularExpressions;

namespace Codexport.Engine.Codex.Checking;

/// <summary>Reads what Codex says to people on standard error when it refuses a file.</summary>
internal static partial class CodexErrorText
{
    /// <summary>
    /// The causes below an error that begins with one of these words, the most particular last; null when it says something else.
    /// </summary>
    /// <param name="text">Standard error.</param>
    /// <param name="headline">How the error begins, without <c>Error: </c>.</param>
    /// <param name="first">The rest of the line that the headline begins.</param>
    public static IReadOnlyList<string>? Causes(string text, string headline, out string first)
    {
        first = string.Empty;
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var start = Array.FindIndex(lines, line => line.StartsWith("Error: " + headline, StringComparison.Ordinal));
        if (start < 0)
        {
            return null;
        }

        first = lines[start][("Error: ".Length + headline.Length)..].Trim();
        return [.. lines.Skip(start + 1)
            .TakeWhile(line => !line.StartsWith("Stack backtrace", StringComparison.Ordinal))
            .Where(line => line.Trim().Length > 0 && !line.StartsWith("Caused by", StringComparison.Ordinal) && line.Trim() != "|")
            .Select(line => Number().Replace(line.Trim(), string.Empty))];
    }

    /// <summary>The line and column that a text names as <c>FILE:LINE:COLUMN</c>.</summary>
    public static (int Line, int Column)? PlaceIn(string text, string file)
    {
        var start = text.IndexOf(file, StringComparison.Ordinal);
        return start >= 0 && Place().Match(text[(start + file.Length)..]) is { Success: true } match
            && int.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out var line)
            && int.TryParse(match.Groups[2].Value, CultureInfo.InvariantCulture, out var column)
                ? (line, column)
                : null;
    }

    [GeneratedRegex(@"^\d+: ")]
    private static partial Regex Number();

    [GeneratedRegex(@"^:(\d+):(\d+)")]
    private static partial Regex Place();
}
