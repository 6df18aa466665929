using System.Globalization;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>Reads the written form of a <see cref="TomlPath"/>.</summary>
internal static class PathParser
{
    /// <summary>The steps, or null where the text is no path.</summary>
    internal static List<TomlPathSegment>? TryParse(string text)
    {
        var segments = new List<TomlPathSegment>();
        var scanner = new Scanner(text, null);
        var keys = new KeyParser(scanner);
        try
        {
            while (!scanner.AtEnd)
            {
                if (scanner.Current == '[')
                {
                    segments.Add(ParseIndex(scanner));
                    continue;
                }

                if (segments.Count > 0)
                {
                    if (scanner.Current != '.')
                    {
                        return null;
                    }

                    scanner.Position++;
                }

                segments.Add(keys.ParsePart(default).Value);
            }
        }
        catch (CodexportException)
        {
            return null;
        }
        catch (FormatException)
        {
            return null;
        }

        return segments;
    }

    private static TomlPathSegment ParseIndex(Scanner scanner)
    {
        var end = scanner.Rest.IndexOf(']');
        if (end < 0 || !int.TryParse(scanner.Rest[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            throw new FormatException("An index is a number in brackets.");
        }

        scanner.Position += end + 1;
        return index;
    }
}
