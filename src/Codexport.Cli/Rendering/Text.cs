using System.Globalization;
using Codexport.Engine.Errors;

namespace Codexport.Cli.Rendering;

/// <summary>Small pieces of text for people.</summary>
internal static class Text
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>A size such as <c>1.5 MB</c> (1 KB = 1,024 bytes).</summary>
    public static string Size(long bytes)
    {
        double value = bytes;
        var unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }

    /// <summary>A number with its noun, such as <c>1 file</c> and <c>12,000 files</c>.</summary>
    public static string Count(long number, string singular)
        => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {singular}{(number == 1 ? string.Empty : "s")}");

    /// <summary>The beginning of a revision, enough to tell it from others.</summary>
    public static string Short(string? revision) => revision is null ? "none" : revision.Length > 12 ? revision[..12] : revision;

    /// <summary>A time in the machine's own zone; <c>never</c> when there is none.</summary>
    public static string Time(DateTimeOffset? time)
        => time?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "never";

    /// <summary>The text on one line, as it cannot steer a terminal: names and words of others are in it.</summary>
    public static string Printable(string? text) => ForeignText.Line(text);

    /// <summary>Writes a line for each problem of something that is installed.</summary>
    public static void WriteProblems(TextWriter writer, IEnumerable<string> problems)
    {
        foreach (var problem in problems)
        {
            writer.WriteLine($"Problem:  {Printable(problem)}");
        }
    }
}
