using System.Buffers;
using System.Globalization;
using System.Text;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>Reads the four kinds of strings. The scanner stands at the first quote before and behind the last one after.</summary>
internal static class StringParser
{
    private const string NotClosed = "the string that begins here is not closed";

    private const string Controls =
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019"
        + "\u001a\u001b\u001c\u001d\u001e\u001f\u007f";

    private static readonly SearchValues<char> LiteralStop = SearchValues.Create("'" + Controls);
    private static readonly SearchValues<char> BasicStop = SearchValues.Create("\"\\" + Controls);

    /// <summary>Checks a string and moves behind it.</summary>
    internal static void Skip(Scanner scanner) => Read(scanner, null);

    /// <summary>What a string that was checked stands for.</summary>
    internal static string Decode(ReadOnlyMemory<char> raw)
    {
        var span = raw.Span;
        if (!span.Contains('\\') && !IsMultiLine(span))
        {
            return span[1..^1].ToString();
        }

        var text = new StringBuilder(raw.Length);
        Read(new Scanner(raw.ToString(), null), text);
        return text.ToString();
    }

    internal static void ReadSingleLine(Scanner scanner, StringBuilder? text)
    {
        var opening = scanner.Position;
        var quote = scanner.Current;
        scanner.Position++;
        while (true)
        {
            TakeRun(scanner, quote, opening, text);
            if (scanner.Current == quote)
            {
                scanner.Position++;
                return;
            }

            if (scanner.Current != '\\')
            {
                throw scanner.Fail(
                    scanner.AtLineBreak ? "a string in single quotation marks must end on its line" : "a string holds a control character");
            }

            ReadEscape(scanner, text);
        }
    }

    private static void Read(Scanner scanner, StringBuilder? text)
    {
        if (IsMultiLine(scanner.Rest))
        {
            ReadMultiLine(scanner, text);
        }
        else
        {
            ReadSingleLine(scanner, text);
        }
    }

    private static bool IsMultiLine(ReadOnlySpan<char> raw) => raw.StartsWith("\"\"\"") || raw.StartsWith("'''");

    private static void ReadMultiLine(Scanner scanner, StringBuilder? text)
    {
        var opening = scanner.Position;
        var quote = scanner.Current;
        scanner.Position += 3;
        if (scanner.AtLineBreak)
        {
            scanner.SkipLineBreak();
        }

        while (true)
        {
            TakeRun(scanner, quote, opening, text);
            if (scanner.Current == quote)
            {
                if (TakeQuotes(scanner, quote, text))
                {
                    return;
                }
            }
            else if (scanner.AtLineBreak)
            {
                scanner.SkipLineBreak();
                text?.Append('\n');
            }
            else if (scanner.Current != '\\')
            {
                throw scanner.Fail("a string holds a control character");
            }
            else if (!SkipLineContinuation(scanner))
            {
                ReadEscape(scanner, text);
            }
        }
    }

    /// <summary>Takes characters up to one that needs a look.</summary>
    private static void TakeRun(Scanner scanner, char quote, int opening, StringBuilder? text)
    {
        var rest = scanner.Rest;
        var length = rest.IndexOfAny(quote == '"' ? BasicStop : LiteralStop);
        if (length < 0)
        {
            throw scanner.FailAt(opening, NotClosed);
        }

        scanner.Position += length;
        text?.Append(rest[..length]);
    }

    /// <summary>Takes a run of quotes; true where three of them close the string. Up to two more may stand before those.</summary>
    private static bool TakeQuotes(Scanner scanner, char quote, StringBuilder? text)
    {
        var count = 1;
        while (count < 5 && scanner.Peek(count) == quote)
        {
            count++;
        }

        scanner.Position += count;
        text?.Append(quote, count < 3 ? count : count - 3);
        return count >= 3;
    }

    /// <summary>A backslash at the end of a line swallows blanks and line breaks up to the next text.</summary>
    private static bool SkipLineContinuation(Scanner scanner)
    {
        var start = scanner.Position++;
        scanner.SkipBlanks();
        if (!scanner.AtLineBreak)
        {
            scanner.Position = start;
            return false;
        }

        while (scanner.AtLineBreak)
        {
            scanner.SkipLineBreak();
            scanner.SkipBlanks();
        }

        return true;
    }

    private static void ReadEscape(Scanner scanner, StringBuilder? text)
    {
        var kind = scanner.Peek(1);
        var plain = kind switch
        {
            'b' => '\b',
            't' => '\t',
            'n' => '\n',
            'f' => '\f',
            'r' => '\r',
            '"' or '\\' => kind,
            _ => '\0',
        };
        if (plain != '\0')
        {
            text?.Append(plain);
            scanner.Position += 2;
            return;
        }

        var digits = kind switch { 'u' => 4, 'U' => 8, _ => throw scanner.Fail("a string holds an unknown escape sequence") };
        var rest = scanner.Rest[2..];
        if (rest.Length < digits || rest[..digits].ContainsAnyExcept(ScalarParser.HexDigits)
            || !uint.TryParse(rest[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || !Rune.IsValid(code))
        {
            throw scanner.Fail("a string holds an escape sequence that is no Unicode character");
        }

        text?.Append(new Rune(code).ToString());
        scanner.Position += 2 + digits;
    }
}
