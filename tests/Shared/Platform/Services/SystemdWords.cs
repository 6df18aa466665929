using System.Globalization;
using System.Text;

namespace Codexport.Tests.Platform.Services;

/// <summary>
/// Reads a command line of a unit file as systemd does: words with quotation marks and C escapes first, then specifiers, then variables.
/// </summary>
internal static class SystemdWords
{
    /// <summary>The words; a specifier or variable that would be replaced is an error.</summary>
    public static List<string> ReadCommand(string line) => [.. Split(line).Select((word, index) => Variables(Specifiers(word), isProgram: index == 0))];

    /// <summary>The words of a value without variables, such as <c>Environment=</c>.</summary>
    public static List<string> ReadWords(string line) => [.. Split(line).Select(Specifiers)];

    private static List<string> Split(string line)
    {
        var words = new List<string>();
        var at = 0;
        while (true)
        {
            while (at < line.Length && " \t\n\r".Contains(line[at], StringComparison.Ordinal))
            {
                at++;
            }

            if (at == line.Length)
            {
                return words;
            }

            words.Add(Word(line, ref at));
        }
    }

    private static string Word(string line, ref int at)
    {
        var bytes = new List<byte>();
        var quote = '\0';
        for (; at < line.Length; at++)
        {
            var letter = line[at];
            if (letter == '\\')
            {
                bytes.AddRange(Escape(line, ref at));
            }
            else if (quote != '\0' ? letter == quote : letter is '"' or '\'')
            {
                quote = quote == '\0' ? letter : '\0';
            }
            else if (quote == '\0' && " \t\n\r".Contains(letter, StringComparison.Ordinal))
            {
                break;
            }
            else
            {
                var length = char.IsHighSurrogate(letter) ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(line.Substring(at, length)));
                at += length - 1;
            }
        }

        Assert.Equal('\0', quote);
        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static byte[] Escape(string line, ref int at)
    {
        at++;
        switch (line[at])
        {
            case '\\' or '"' or '\'': return [(byte)line[at]];
            case 'n': return [(byte)'\n'];
            case 't': return [(byte)'\t'];
            case 's': return [(byte)' '];
            case 'x':
                var value = byte.Parse(line.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                Assert.NotEqual(0, value);
                at += 2;
                return [value];
            default: throw new FormatException($"\\{line[at]} is not an escape.");
        }
    }

    private static string Specifiers(string word)
    {
        Assert.DoesNotContain('%', word.Replace("%%", string.Empty, StringComparison.Ordinal));
        return word.Replace("%%", "%", StringComparison.Ordinal);
    }

    private static string Variables(string word, bool isProgram)
    {
        if (isProgram)
        {
            return word;
        }

        Assert.DoesNotContain('$', word.Replace("$$", string.Empty, StringComparison.Ordinal));
        return word.Replace("$$", "$", StringComparison.Ordinal);
    }
}
