using System.Globalization;
using System.Text;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Gate;

/// <summary>
/// Finds characters that a person does not see, or that turn the direction of a text. What writing needs is not one of them: joiners
/// between letters of scripts that join and within emoji, selectors behind a character that has variants, the flags of regions, direction
/// marks beside letters that run from right to left.
/// </summary>
internal static class TextRules
{
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;
    private const int BlackFlag = 0x1F3F4;
    private const int CancelTag = 0xE007F;
    private const int MostTagsOfAFlag = 7;

    /// <summary>The findings of a line: rule, and the character's name.</summary>
    public static IEnumerable<(ScanRule Rule, string What)> Judge(string line)
    {
        if (Ascii.IsValid(line) && !line.Contains('\u001b', StringComparison.Ordinal))
        {
            yield break;
        }

        var runes = line.EnumerateRunes().ToList();
        var runsRightToLeft = runes.Exists(IsRightToLeft);
        ScanRule? told = null;
        for (var index = 0; index < runes.Count; index++)
        {
            // One finding a rule and line: whoever hides text hides many characters.
            if (RuleOf(runes, index, runsRightToLeft) is { } rule && rule != told)
            {
                told = rule;
                yield return (rule, string.Create(CultureInfo.InvariantCulture, $"U+{runes[index].Value:X4}"));
            }
        }
    }

    private static ScanRule? RuleOf(List<Rune> runes, int index, bool runsRightToLeft) => runes[index].Value switch
    {
        (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) => ScanRule.BidirectionalUnicode,
        0x200E or 0x200F or 0x061C => runsRightToLeft ? null : ScanRule.BidirectionalUnicode,
        ZeroWidthNonJoiner => IsBetween(runes, index, IsJoining) ? null : ScanRule.HiddenUnicode,
        ZeroWidthJoiner => IsBetween(runes, index, rune => IsJoining(rune) || IsPicture(rune)) ? null : ScanRule.HiddenUnicode,
        >= 0xFE00 and <= 0xFE0F => index > 0 && HasVariants(runes[index - 1]) ? null : ScanRule.HiddenUnicode,
        >= 0xE0100 and <= 0xE01EF => index > 0 && IsIdeograph(runes[index - 1]) ? null : ScanRule.HiddenUnicode,
        >= 0xE0000 and <= 0xE007F => IsOfAFlag(runes, index) ? null : ScanRule.HiddenUnicode,
        0x1B or 0x7F or 0x00AD or 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x180E or 0x200B or 0x2060 or 0x2800 or 0x3164 or 0xFEFF or 0xFFA0
            or (>= 0x2061 and <= 0x2064) or (>= 0x206A and <= 0x206F) or (>= 0xFFF9 and <= 0xFFFB) or (>= 0x1BCA0 and <= 0x1BCA3)
            or (>= 0x1D173 and <= 0x1D17A) => ScanRule.HiddenUnicode,
        _ => null,
    };

    private static bool IsBetween(List<Rune> runes, int index, Func<Rune, bool> isSuch)
        => index > 0 && index + 1 < runes.Count && isSuch(runes[index - 1]) && isSuch(runes[index + 1]);

    // Letters and marks beyond the scripts of Europe: Arabic, the scripts of India and their like need joiners.
    private static bool IsJoining(Rune rune) => rune.Value >= 0x0600
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.ModifierLetter
        && rune.Value is < 0xFE00 or > 0xFE0F;

    private static bool IsPicture(Rune rune) => rune.Value is 0xFE0F or 0x20E3 or (>= 0x2190 and <= 0x2BFF) or (>= 0x1F000 and <= 0x1FAFF);

    // A selector behind a letter or another selector shows nothing, and may carry a byte.
    private static bool HasVariants(Rune rune) => rune.Value is '#' or '*' or (>= '0' and <= '9') or 0xA9 or 0xAE or 0x203C or 0x2049 or 0x2122 or 0x2139
        or 0x3030 or 0x303D or 0x3297 or 0x3299
        || (IsPicture(rune) && rune.Value is not 0xFE0F) || IsIdeograph(rune) || rune.Value is (>= 0x1000 and <= 0x109F) or (>= 0x1820 and <= 0x18AA);

    private static bool IsIdeograph(Rune rune) => rune.Value is (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);

    private static bool IsRightToLeft(Rune rune) => rune.Value is (>= 0x0590 and <= 0x08FF and not 0x061C) or (>= 0xFB1D and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFE)
        or (>= 0x10800 and <= 0x10FFF) or (>= 0x1E800 and <= 0x1EFFF);

    // The flags of England, Scotland and Wales: a black flag, a few tags, a cancel tag. Longer runs of tags are text.
    private static bool IsOfAFlag(List<Rune> runes, int index)
    {
        var start = index;
        while (start > 0 && runes[start].Value is >= 0xE0020 and <= CancelTag)
        {
            start--;
        }

        var end = start + 1;
        while (end < runes.Count && runes[end].Value is >= 0xE0020 and < CancelTag)
        {
            end++;
        }

        return runes[start].Value == BlackFlag && end - start <= MostTagsOfAFlag && end < runes.Count && runes[end].Value == CancelTag && index <= end;
    }
}
