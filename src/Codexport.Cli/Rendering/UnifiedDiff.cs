using Codexport.Engine.Results;

namespace Codexport.Cli.Rendering;

/// <summary>Differences of files as <c>diff -u</c> and <c>git diff --stat</c> write them.</summary>
internal static class UnifiedDiff
{
    private const string Green = "\u001b[32m";
    private const string Red = "\u001b[31m";
    private const string Cyan = "\u001b[36m";
    private const string Bold = "\u001b[1m";
    private const string Off = "\u001b[0m";

    /// <summary>Writes the lines of each file.</summary>
    public static void Write(IReadOnlyList<FileDifference> files, TextWriter writer, bool hasColor)
    {
        foreach (var file in files)
        {
            var path = Text.Printable(file.Path);
            Line(Bold, file.SizeBefore is null ? "--- /dev/null" : $"--- a/{path}");
            Line(Bold, file.SizeAfter is null ? "+++ /dev/null" : $"+++ b/{path}");
            if (file.Note is { } note)
            {
                writer.WriteLine($"# {note}");
            }

            foreach (var line in file.Lines)
            {
                switch (line.Kind)
                {
                    case DifferenceKind.Place: Line(Cyan, line.Text); break;
                    case DifferenceKind.Added: Line(Green, "+" + line.Text); break;
                    case DifferenceKind.Removed: Line(Red, "-" + line.Text); break;
                    default: writer.WriteLine(" " + line.Text); break;
                }
            }
        }

        void Line(string color, string text) => writer.WriteLine(hasColor ? color + text + Off : text);
    }

    /// <summary>Writes how many lines of each file come and go, with a bar.</summary>
    public static void WriteStat(IReadOnlyList<FileDifference> files, TextWriter writer, Terminal terminal)
    {
        var counted = files.Select(file => (File: file, Added: Count(file, DifferenceKind.Added), Removed: Count(file, DifferenceKind.Removed))).ToList();
        var nameWidth = Math.Min(counted.Max(item => Text.Printable(item.File.Path).Length), Math.Max(20, terminal.Width - 30));
        var most = Math.Max(1, counted.Max(item => item.Added + item.Removed));
        var room = Math.Max(5, terminal.Width - nameWidth - 12);
        foreach (var (file, added, removed) in counted)
        {
            var path = Text.Printable(file.Path);
            path = path.Length <= nameWidth ? path : "…" + path[^(nameWidth - 1)..];
            var scale = Math.Min(1.0, (double)room / most);
            var plus = new string('+', added == 0 ? 0 : Math.Max(1, (int)(added * scale)));
            var minus = new string('-', removed == 0 ? 0 : Math.Max(1, (int)(removed * scale)));
            var bar = file.Note is not null ? "-" : terminal.HasColor ? $"{Green}{plus}{Red}{minus}{Off}" : plus + minus;
            writer.WriteLine($" {path.PadRight(nameWidth)} | {(file.Note is null ? added + removed : 0),4} {bar}".TrimEnd());
        }

        writer.WriteLine($" {Text.Count(counted.Count, "file")} changed, {Text.Count(counted.Sum(item => item.Added), "line")} added, {counted.Sum(item => item.Removed)} removed");
    }

    private static int Count(FileDifference file, DifferenceKind kind) => file.Lines.Count(line => line.Kind == kind);
}
