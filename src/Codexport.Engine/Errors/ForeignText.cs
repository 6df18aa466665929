using System.Globalization;
using System.Text;

namespace Codexport.Engine.Errors;

/// <summary>
/// The one cleaner of text that others chose: names of files and machines, words of a master or a program. What it gives out cannot steer a
/// terminal, begin a line of its own, hide, or turn the direction of what stands around it.
/// </summary>
public static class ForeignText
{
    private const int LongestName = 200;

    /// <summary>
    /// Text on one line: line breaks and tabs become blanks, every other character that cannot be seen for what it is becomes its number
    /// (<c>\u001b</c>), so that nothing is hidden.
    /// </summary>
    public static string Line(string? text) => Escape(text, keepsBreaks: false);

    /// <summary>A name or path on one line, every unfit character as its number, line breaks too; cut to 200 UTF-16 units.</summary>
    public static string Name(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var cut = text.Length <= LongestName ? text
            : text[..(char.IsHighSurrogate(text[LongestName - 1]) ? LongestName - 1 : LongestName)] + "…";
        return Escape(cut, keepsBreaks: true);
    }

    /// <summary>Words that came over the network: unfit characters become blanks; cut to <paramref name="maxLength"/> UTF-16 units.</summary>
    public static string Words(string? text, int maxLength)
    {
        var clean = new StringBuilder(Math.Min(text?.Length ?? 0, maxLength));
        foreach (var rune in (text ?? string.Empty).EnumerateRunes())
        {
            if (clean.Length >= maxLength)
            {
                return clean.Append('…').ToString();
            }

            // What is half a character comes as the replacement for one.
            clean.Append(IsUnfit(rune) || rune == Rune.ReplacementChar ? " " : rune.ToString());
        }

        return clean.ToString().Trim();
    }

    /// <summary>
    /// Whether a character steers, hides or has no form: control and formatting characters (bidirectional overrides and isolates, zero
    /// width, tags), line and paragraph separators, private use, unassigned, and letters and marks that are blank to the eye.
    /// </summary>
    public static bool IsUnfit(Rune rune) => rune.Value is < 0x20 or 0x7F
        || (rune.Value > 0x7F && (IsInvisible(rune.Value) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.Surrogate));

    // Hangul and Braille fillers, joiners, vowels and selectors without a glyph.
    private static bool IsInvisible(int value) => value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800 or 0x034F or 0x17B4 or 0x17B5
        or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    private static string Escape(string? text, bool keepsBreaks)
    {
        if (text is null || IsFit(text))
        {
            return text ?? string.Empty;
        }

        var shown = new StringBuilder(text.Length + 16);
        for (var index = 0; index < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, index, out var rune))
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[index++]:x4}");
                continue;
            }

            index += rune.Utf16SequenceLength;
            if (!IsUnfit(rune))
            {
                shown.Append(rune);
            }
            else if (!keepsBreaks && rune.Value is '\n' or '\r' or '\t')
            {
                shown.Append(rune.Value == '\n' && shown.Length > 0 && shown[^1] == ' ' ? string.Empty : " ");
            }
            else
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            }
        }

        return shown.ToString();
    }

    private static bool IsFit(string text)
    {
        foreach (var unit in text)
        {
            if (unit is < ' ' or >= '\x7f')
            {
                return unit >= '\x7f' && IsFitBeyondAscii(text);
            }
        }

        return true;
    }

    private static bool IsFitBeyondAscii(string text)
    {
        for (var index = 0; index < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, index, out var rune) || IsUnfit(rune))
            {
                return false;
            }

            index += rune.Utf16SequenceLength;
        }

        return true;
    }
}
