using System.Globalization;
using System.Text;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Master.Followers;

/// <summary>Makes text that came over the network fit for terminals and logs.</summary>
public static class NetworkText
{
    // More than that piles up over the lines above and below.
    private const int MaxMarks = 2;

    /// <summary>
    /// Text without control, formatting (bidirectional overrides, zero width), invisible and unassigned characters, white space as single
    /// blanks, at most two marks on a letter and none without one, cut to <paramref name="maxLength"/> UTF-16 units; empty when nothing is left.
    /// </summary>
    public static string Clean(string? text, int maxLength)
    {
        var clean = new StringBuilder(Math.Min(maxLength, text?.Length ?? 0));
        var isBlankDue = false;
        var marks = MaxMarks;
        foreach (var rune in (text ?? string.Empty).EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                isBlankDue = clean.Length > 0;
                continue;
            }

            var category = Rune.GetUnicodeCategory(rune);
            var isMark = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.SpacingCombiningMark;
            if (rune == Rune.ReplacementChar || ForeignText.IsUnfit(rune) || (isMark && (marks >= MaxMarks || isBlankDue)))
            {
                continue;
            }

            marks = isMark ? marks + 1 : 0;

            if (clean.Length + rune.Utf16SequenceLength + (isBlankDue ? 1 : 0) > maxLength)
            {
                break;
            }

            clean.Append(isBlankDue ? " " : string.Empty).Append(rune);
            isBlankDue = false;
        }

        return clean.ToString();
    }
}
