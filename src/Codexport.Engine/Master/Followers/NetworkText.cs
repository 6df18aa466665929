using System.Globalization;
using System.Text;

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
            if (rune == Rune.ReplacementChar || IsUnfit(category) || IsInvisible(rune.Value) || (isMark && (marks >= MaxMarks || isBlankDue)))
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

    // Letters, marks and symbols by their category, blank to the eye: Hangul and Braille fillers, joiners, vowels and selectors without a glyph.
    private static bool IsInvisible(int value) => value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800 or 0x034F or 0x17B4 or 0x17B5
        or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    private static bool IsUnfit(UnicodeCategory category) => category is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
