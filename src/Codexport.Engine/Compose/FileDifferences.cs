using System.Globalization;
using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;

namespace Codexport.Engine.Compose;

/// <summary>Two contents of a file as the lines that differ, fit for people: secrets masked, nothing in it that could steer a terminal.</summary>
internal static class FileDifferences
{
    /// <summary>Bytes of a content that is still shown line by line.</summary>
    public const int MaxSize = 512 * 1024;

    private const int Around = 3;
    private const int MaxLine = 2000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The difference with its lines.</summary>
    /// <param name="file">What differs.</param>
    /// <param name="before">The content before; null when the file was not there.</param>
    /// <param name="after">The content now; null when it is gone.</param>
    public static FileDifference Of(FileDifference file, byte[]? before, byte[]? after)
    {
        if (NoteFor(file) is { } note)
        {
            return file with { Note = note };
        }

        if (Read(before) is not { } old || Read(after) is not { } now)
        {
            return file with { Note = "It is not text." };
        }

        var (oldLines, nowLines) = (Lines(file.Path, old), Lines(file.Path, now));
        var lines = Print(oldLines, nowLines, LineDiff.Find(oldLines, nowLines));
        return lines.Count > 0 ? file with { Lines = lines }
            : file with { Note = old == now ? "Only whether it may be run differs." : "Only values that are hidden here differ." };
    }

    /// <summary>Why a file is not shown, whatever is in it; null when it may be.</summary>
    public static string? NoteFor(FileDifference file)
        => CodexLayout.IsCredential(file.Path) ? "It is a login, and its content is not shown."
            : Math.Max(file.SizeBefore ?? 0, file.SizeAfter ?? 0) > MaxSize ? "It is too long to be shown."
            : null;

    private static string? Read(byte[]? content)
    {
        if (content is null)
        {
            return string.Empty;
        }

        try
        {
            return content.AsSpan().Contains((byte)0) ? null : Strict.GetString(content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? content.AsSpan(3) : content);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static List<string> Lines(string path, string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        var lines = SecretText.Show(path, text).Split('\n').Select(Shown).ToList();
        if (lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return lines;
    }

    private static string Shown(string line)
    {
        var plain = line.TrimEnd('\r').Replace("\t", "    ", StringComparison.Ordinal);
        return ForeignText.Line(plain.Length <= MaxLine ? plain : plain[..(MaxLine - 1)] + "…");
    }

    private static List<DifferenceLine> Print(List<string> before, List<string> after, IReadOnlyList<LineChange> changes)
    {
        var lines = new List<DifferenceLine>();
        for (var index = 0; index < changes.Count;)
        {
            // Changes that stand close to each other share what stands around them.
            var last = index;
            while (last + 1 < changes.Count && changes[last + 1].Before - (changes[last].Before + changes[last].BeforeCount) <= 2 * Around)
            {
                last++;
            }

            PrintPart(lines, before, after, changes, index, last);
            index = last + 1;
        }

        return lines;
    }

    private static void PrintPart(List<DifferenceLine> lines, List<string> before, List<string> after, IReadOnlyList<LineChange> changes, int first, int last)
    {
        var lead = Math.Min(Around, changes[first].Before);
        var trail = Math.Min(Around, before.Count - (changes[last].Before + changes[last].BeforeCount));
        var from = changes[first].Before - lead;
        var to = changes[last].Before + changes[last].BeforeCount + trail;
        var fromAfter = changes[first].After - lead;
        var toAfter = changes[last].After + changes[last].AfterCount + trail;
        lines.Add(new DifferenceLine(DifferenceKind.Place, $"@@ -{Range(from, to - from)} +{Range(fromAfter, toAfter - fromAfter)} @@"));
        var position = from;
        for (var index = first; index <= last; index++)
        {
            var change = changes[index];
            Add(DifferenceKind.Same, before, position, change.Before);
            Add(DifferenceKind.Removed, before, change.Before, change.Before + change.BeforeCount);
            Add(DifferenceKind.Added, after, change.After, change.After + change.AfterCount);
            position = change.Before + change.BeforeCount;
        }

        Add(DifferenceKind.Same, before, position, to);

        void Add(DifferenceKind kind, List<string> text, int start, int end)
        {
            for (var line = start; line < end; line++)
            {
                lines.Add(new DifferenceLine(kind, text[line]));
            }
        }
    }

    // An empty range is named by the line before it, as diff does.
    private static string Range(int start, int count) => count == 1
        ? (start + 1).ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? start : start + 1)},{count}");
}
