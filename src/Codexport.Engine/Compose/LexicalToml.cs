using System.Text;

namespace Codexport.Engine.Compose;

/// <summary>What of a TOML text is comment, what is string and what is neither, character by character.</summary>
internal static class LexicalToml
{
    /// <summary>The comments, from their sign to the end of the line, without blanks around them.</summary>
    internal static List<string> Comments(string text)
    {
        var comments = new List<string>();
        for (var index = 0; index < text.Length;)
        {
            var end = EndOf(text, index);
            if (text[index] == '#')
            {
                comments.Add(text[index..end].Trim());
            }

            index = end;
        }

        return comments;
    }

    /// <summary>The text with its line breaks in one form; those in strings are part of a value and stay.</summary>
    internal static string WithNewLines(string text, string newLine)
    {
        var result = new StringBuilder(text.Length + 64);
        for (var index = 0; index < text.Length;)
        {
            var end = EndOf(text, index);
            if (text[index] is '\n' or '\r')
            {
                result.Append(newLine);
            }
            else
            {
                result.Append(text, index, end - index);
            }

            index = end;
        }

        return result.ToString();
    }

    /// <summary>The line break that most lines of a text have; null where it has none.</summary>
    internal static string? NewLineOf(string text)
    {
        var all = text.Count(letter => letter == '\n');
        var pairs = text.AsSpan().Count("\r\n");
        return all == 0 ? null : pairs * 2 > all ? "\r\n" : "\n";
    }

    // A comment, a string or a line break as a whole; else one character.
    private static int EndOf(string text, int start) => text[start] switch
    {
        '#' => text.AsSpan(start).IndexOfAny('\r', '\n') is >= 0 and var length ? start + length : text.Length,
        '\r' when start + 1 < text.Length && text[start + 1] == '\n' => start + 2,
        '"' or '\'' => EndOfString(text, start),
        _ => start + 1,
    };

    private static int EndOfString(string text, int start)
    {
        var quote = text[start];
        var isLong = start + 2 < text.Length && text[start + 1] == quote && text[start + 2] == quote;
        for (var index = start + (isLong ? 3 : 1); index < text.Length; index++)
        {
            if (text[index] == '\\' && quote == '"')
            {
                index++;
            }
            else if (text[index] == quote && !isLong)
            {
                return index + 1;
            }
            else if (text[index] == quote && index + 2 < text.Length && text[index + 1] == quote && text[index + 2] == quote)
            {
                // Up to two quotation marks may stand right before the closing three.
                for (index += 3; index < text.Length && text[index] == quote;)
                {
                    index++;
                }

                return index;
            }
        }

        return text.Length;
    }
}
