using System.Globalization;
using System.Text;

namespace Codexport.Engine.Master;

/// <summary>Makes text that came over the network fit for terminals and logs.</summary>
public static class NetworkText
{
    /// <summary>
    /// Text without control, formatting (bidirectional overrides, zero width) and unassigned characters, white space as single blanks,
    /// cut to <paramref name="maxLength"/> UTF-16 units; empty when nothing is left.
    /// </summary>
    public static string Clean(string? text, int maxLength)
    {
        var clean = new StringBuilder(Math.Min(maxLength, text?.Length ?? 0));
        var isBlankDue = false;
        foreach (var rune in (text ?? string.Empty).EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                isBlankDue = clean.Length > 0;
                continue;
            }

            if (rune == Rune.ReplacementChar || IsUnfit(Rune.GetUnicodeCategory(rune)))
            {
                continue;
            }

            if (clean.Length + rune.Utf16SequenceLength + (isBlankDue ? 1 : 0) > maxLength)
            {
                break;
            }

            clean.Append(isBlankDue ? " " : string.Empty).Append(rune);
            isBlankDue = false;
        }

        return clean.ToString();
    }

    private static bool IsUnfit(UnicodeCategory category) => category is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
