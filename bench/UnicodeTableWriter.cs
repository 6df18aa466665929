using System.Globalization;
using System.Text;

namespace Codexport.Benchmarks;

/// <summary>
/// Writes <c>src/Codexport.Engine/Platform/UnicodeTables.cs</c> from what the framework's normalization (ICU) says of every character:
/// <c>Codexport.Benchmarks unicode src/Codexport.Engine/Platform/UnicodeTables.cs</c>.
/// </summary>
internal static class UnicodeTableWriter
{
    private const int FirstSyllable = 0xAC00;
    private const int LastSyllable = 0xD7A3;

    public static int Write(string path)
    {
        var scalars = Enumerable.Range(0, 0x110000)
            .Where(scalar => Rune.IsValid(scalar) && (scalar & 0xFFFE) != 0xFFFE && scalar is (< FirstSyllable or > LastSyllable))
            .ToList();
        var full = scalars.Select(scalar => (Scalar: scalar, Parts: Scalars(Text(scalar).Normalize(NormalizationForm.FormD))))
            .Where(item => item.Parts.Length != 1 || item.Parts[0] != item.Scalar)
            .ToList();
        var pairs = full.Select(item => Pack(item.Scalar, First(full, item.Scalar, item.Parts), item.Parts.Length > 1 ? item.Parts[^1] : 0)).ToList();
        var composed = full.Where(item => item.Parts.Length > 1 && Scalars(Text(item.Scalar).Normalize(NormalizationForm.FormC)) is [var same] && same == item.Scalar)
            .Select(item => Pack(Scalars(Join(item.Parts[..^1]).Normalize(NormalizationForm.FormC)).Single(), item.Parts[^1], item.Scalar))
            .Order().ToList();
        var output = new StringBuilder(
            "// Written by 'Codexport.Benchmarks unicode'; not edited by hand.\n\nnamespace Codexport.Engine.Platform.Paths;\n\n"
            + "/// <summary>What Unicode says of characters that have more than one spelling; Hangul syllables are computed.</summary>\n"
            + "internal static class UnicodeTables\n{\n");
        Append(output, "Canonical decompositions in order: the character, its first part, its second or 0; 21 bits each.", "ulong", "Decompositions", pairs);
        output.Append('\n');
        Append(output, "Canonical compositions in order: first part, second, the character that they make; 21 bits each.", "ulong", "Compositions", composed);
        output.Append('\n');
        Append(output, "Combining marks in order: the mark and, in the low 8 bits, the rank of its class, by which marks are sorted.", "uint", "Ranks", [.. Ranks(scalars)]);
        File.WriteAllText(path, output.Append("}\n").ToString());
        return 0;
    }

    // A decomposition of three or more is that of the character that the parts before the last one make.
    private static int First(List<(int Scalar, int[] Parts)> full, int scalar, int[] parts) => parts.Length <= 2
        ? parts[0]
        : full.First(item => item.Scalar != scalar && item.Parts.AsSpan().SequenceEqual(parts.AsSpan(..^1))).Scalar;

    // The class of a mark is not to be had, but two marks of different classes are sorted, and the order is all that counts.
    private static IEnumerable<ulong> Ranks(List<int> scalars)
    {
        const int Lowest = 0x334, Highest = 0x345;
        var marks = scalars.Where(scalar => Text(scalar).IsNormalized(NormalizationForm.FormD)
            && (Precedes(scalar, Highest) || Precedes(Lowest, scalar))).ToList();
        var classes = new List<int>();
        foreach (var mark in marks.Where(mark => classes.TrueForAll(other => Precedes(mark, other) || Precedes(other, mark))))
        {
            classes.Add(mark);
        }

        classes.Sort((left, right) => left == right ? 0 : Precedes(left, right) ? -1 : 1);
        return marks.Select(mark => ((ulong)mark << 8) | (uint)(1 + classes.FindIndex(other => !Precedes(mark, other) && !Precedes(other, mark))));
    }

    private static bool Precedes(int left, int right)
        => left != right && Scalars((Text(right) + Text(left)).Normalize(NormalizationForm.FormD)) is [var first, var second] && first == left && second == right;

    private static void Append(StringBuilder output, string summary, string type, string name, IReadOnlyList<ulong> values)
    {
        output.Append(CultureInfo.InvariantCulture, $"    /// <summary>{summary}</summary>\n    public static ReadOnlySpan<{type}> {name} =>\n    [\n");
        foreach (var line in values.Chunk(8))
        {
            output.Append("        ").AppendJoin(' ', line.Select(value => string.Create(CultureInfo.InvariantCulture, $"0x{value:X},"))).Append('\n');
        }

        output.Append("    ];\n");
    }

    private static ulong Pack(int first, int second, int third) => ((ulong)first << 42) | ((ulong)second << 21) | (uint)third;

    private static string Text(int scalar) => char.ConvertFromUtf32(scalar);

    private static string Join(int[] scalars) => string.Concat(scalars.Select(Text));

    private static int[] Scalars(string text) => [.. text.EnumerateRunes().Select(rune => rune.Value)];
}
