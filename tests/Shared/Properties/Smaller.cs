using FsCheck;
using FsCheck.Fluent;

namespace Codexport.Tests;

/// <summary>Values that FsCheck can make smaller once a property has failed for one of them: by leaving parts of it out, large ones first.</summary>
internal static class Smaller
{
    /// <summary>Texts of a generator. A smaller one that is not <paramref name="isValid"/> is not tried.</summary>
    public static Arbitrary<string> Texts(Gen<string> texts, Func<string, bool>? isValid = null) => Arb.From(
        texts,
        text => Cuts(text.Length)
            .Where(cut => !SplitsPair(text, cut.Start) && !SplitsPair(text, cut.Start + cut.Length))
            .Select(cut => text.Remove(cut.Start, cut.Length))
            .Where(smaller => isValid is null || isValid(smaller)));

    /// <summary>Bytes of a generator.</summary>
    public static Arbitrary<byte[]> Bytes(Gen<byte[]> bytes) => Arb.From(
        bytes, all => Cuts(all.Length).Select(cut => (byte[])[.. all[..cut.Start], .. all[(cut.Start + cut.Length)..]]));

    /// <summary>Lists of any length of what a generator gives.</summary>
    public static Arbitrary<List<T>> Lists<T>(Gen<List<T>> lists) => Arb.From(
        lists, all => Cuts(all.Count).Select(cut => all.Where((_, index) => index < cut.Start || index >= cut.Start + cut.Length).ToList()));

    private static bool SplitsPair(string text, int index) => index > 0 && index < text.Length && char.IsSurrogatePair(text[index - 1], text[index]);

    // Powers of two, from the largest that fits down to one.
    private static IEnumerable<(int Start, int Length)> Cuts(int length)
    {
        for (var size = length == 0 ? 0 : 1 << int.Log2(length); size > 0; size /= 2)
        {
            for (var start = 0; start + size <= length; start += Math.Max(1, size / 2))
            {
                yield return (start, size);
            }
        }
    }
}
