using System.Text;

namespace Codexport.Engine.Platform.Paths;

/// <summary>
/// Unicode form C of names. Own tables, because the framework's normalization is ICU's on Linux: it does nothing at all in a program that
/// starts without ICU, as ours does, and would differ with the version that a machine has.
/// </summary>
internal static class UnicodeForm
{
    private const int FirstAffected = 0x300;
    private const int ScalarBits = 21;
    private const int ScalarMask = (1 << ScalarBits) - 1;

    // Hangul syllables are leading consonant, vowel and trailing consonant, arranged by a formula.
    private const int Syllables = 0xAC00, Leads = 0x1100, Vowels = 0x1161, Trails = 0x11A7;
    private const int LeadCount = 19, VowelCount = 21, TrailCount = 28, SyllableCount = LeadCount * VowelCount * TrailCount;

    /// <summary>Whether a text is in form C.</summary>
    public static bool IsComposed(string text) => !MayChange(text) || string.Equals(Compose(text), text, StringComparison.Ordinal);

    /// <summary>The text in form C. Half a character stays as it is.</summary>
    public static string Compose(string text)
    {
        if (!MayChange(text))
        {
            return text;
        }

        var scalars = new List<int>(text.Length + 8);
        for (var index = 0; index < text.Length; index++)
        {
            var isPair = char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]);
            Decompose(isPair ? char.ConvertToUtf32(text[index], text[++index]) : text[index], scalars);
        }

        SortMarks(scalars);
        Combine(scalars);
        var composed = new StringBuilder(text.Length);
        foreach (var scalar in scalars)
        {
            _ = scalar < 0x10000 ? composed.Append((char)scalar) : composed.Append(new Rune(scalar).ToString());
        }

        return composed.ToString();
    }

    // Nothing before the first combining mark changes in form C, and nearly every name is of such characters alone.
    private static bool MayChange(string text)
    {
        foreach (var unit in text)
        {
            if (unit >= FirstAffected)
            {
                return true;
            }
        }

        return false;
    }

    private static void Decompose(int scalar, List<int> output)
    {
        var syllable = scalar - Syllables;
        if (syllable is >= 0 and < SyllableCount)
        {
            output.Add(Leads + (syllable / (VowelCount * TrailCount)));
            output.Add(Vowels + (syllable % (VowelCount * TrailCount) / TrailCount));
            if (syllable % TrailCount is > 0 and var trail)
            {
                output.Add(Trails + trail);
            }

            return;
        }

        var table = UnicodeTables.Decompositions;
        var found = FirstNotBelow(table, (ulong)scalar << (2 * ScalarBits));
        if (found == table.Length || table[found] >> (2 * ScalarBits) != (ulong)scalar)
        {
            output.Add(scalar);
            return;
        }

        Decompose((int)((table[found] >> ScalarBits) & ScalarMask), output);
        if ((int)(table[found] & ScalarMask) is > 0 and var second)
        {
            output.Add(second);
        }
    }

    // Marks of different classes do not touch each other, so their order means nothing and is made one.
    private static void SortMarks(List<int> scalars)
    {
        for (var index = 1; index < scalars.Count; index++)
        {
            var rank = RankOf(scalars[index]);
            for (var place = index; rank > 0 && place > 0 && RankOf(scalars[place - 1]) > rank; place--)
            {
                (scalars[place - 1], scalars[place]) = (scalars[place], scalars[place - 1]);
            }
        }
    }

    private static void Combine(List<int> scalars)
    {
        var starter = -1;
        var lastRank = 0;
        var length = 0;
        for (var index = 0; index < scalars.Count; index++)
        {
            var scalar = scalars[index];
            var rank = RankOf(scalar);
            var isBlocked = starter < 0 || (length - 1 > starter && (lastRank == 0 || lastRank >= rank));
            if (!isBlocked && Pair(scalars[starter], scalar) is > 0 and var whole)
            {
                scalars[starter] = whole;
                continue;
            }

            if (rank == 0)
            {
                starter = length;
            }

            lastRank = rank;
            scalars[length++] = scalar;
        }

        scalars.RemoveRange(length, scalars.Count - length);
    }

    private static int Pair(int first, int second)
    {
        if (first is >= Leads and < Leads + LeadCount && second is >= Vowels and < Vowels + VowelCount)
        {
            return Syllables + ((((first - Leads) * VowelCount) + second - Vowels) * TrailCount);
        }

        var syllable = first - Syllables;
        if (syllable is >= 0 and < SyllableCount && syllable % TrailCount == 0 && second is > Trails and < Trails + TrailCount)
        {
            return first + second - Trails;
        }

        var table = UnicodeTables.Compositions;
        var key = ((ulong)first << ScalarBits) | (uint)second;
        var found = FirstNotBelow(table, key << ScalarBits);
        return found < table.Length && table[found] >> ScalarBits == key ? (int)(table[found] & ScalarMask) : 0;
    }

    private static int RankOf(int scalar)
    {
        if (scalar < FirstAffected)
        {
            return 0;
        }

        var table = UnicodeTables.Ranks;
        var found = FirstNotBelow(table, (uint)scalar << 8);
        return found < table.Length && table[found] >> 8 == (uint)scalar ? (int)(table[found] & 0xFF) : 0;
    }

    private static int FirstNotBelow<T>(ReadOnlySpan<T> table, T value)
        where T : IComparable<T>
    {
        var found = table.BinarySearch(value);
        return found < 0 ? ~found : found;
    }
}
