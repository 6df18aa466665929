using System.Globalization;

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

    /// <summary>The text without control characters: names that came over the network must not steer a terminal.</summary>
    public static string Printable(string text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character) && character is not ('\n' or '\t'))
            {
                return string.Create(text.Length, text, static (span, source) =>
                {
                    for (var index = 0; index < span.Length; index++)
                    {
                        span[index] = char.IsControl(source[index]) && source[index] is not ('\n' or '\t') ? '?' : source[index];
                    }
                });
            }
        }

        return text;
    }

    /// <summary>Writes a line for each problem of something that is installed.</summary>
    public static void WriteProblems(TextWriter writer, IEnumerable<string> problems)
    {
        foreach (var problem in problems)
        {
            writer.WriteLine($"Problem:  {Printable(problem)}");
        }
    }
}
