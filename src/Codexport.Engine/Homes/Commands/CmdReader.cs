namespace Codexport.Engine.Homes.Commands;

/// <summary>
/// Reads a command line as Windows does: <c>cmd.exe</c> finds the commands and takes every quotation mark for one; the program then takes
/// its arguments apart, where <c>\"</c> is a plain character.
/// </summary>
internal static class CmdReader
{
    internal static CommandReading Read(string text)
    {
        var reading = new CommandReading(text);
        var line = new CommandLine(reading);
        var (isQuoted, isQuotedForCmd) = (false, false);
        for (var index = 0; index < text.Length; index++)
        {
            var letter = text[index];
            switch (letter)
            {
                case '\\' when IsEscapedQuote(text, index):
                    isQuotedForCmd = !isQuotedForCmd;
                    line.Word.Add('"', index, index + 2);
                    reading.Mark(index, index + 2, Quoting.Opaque);
                    index++;
                    break;
                case '"':
                    isQuoted = !isQuoted;
                    isQuotedForCmd = !isQuotedForCmd;
                    _ = line.Word;
                    break;
                case '^' when !isQuotedForCmd && index + 1 < text.Length:
                    reading.Mark(index, index + 2, Quoting.Escaped);
                    line.Word.Add(text[index + 1], index, index + 2);
                    index++;
                    break;
                case '&' or '|' or '<' or '>' or '(' or ')' or '\n' when !isQuotedForCmd:
                    line.EndCommand();
                    break;
                case ' ' or '\t' or '\r' when !isQuoted:
                    line.EndWord();
                    break;
                default:
                    reading.Mark(index, index + 1, !isQuoted ? Quoting.Bare : isQuotedForCmd ? Quoting.Double : Quoting.Loose);
                    line.Word.Add(letter, index, index + 1);
                    break;
            }
        }

        line.EndCommand();
        if (isQuoted)
        {
            reading.MarkAllOpaque();
        }

        return reading;
    }

    private static bool IsEscapedQuote(string text, int index)
    {
        var end = index;
        while (end < text.Length && text[end] == '\\')
        {
            end++;
        }

        return end < text.Length && text[end] == '"' && end - index == 1;
    }
}
