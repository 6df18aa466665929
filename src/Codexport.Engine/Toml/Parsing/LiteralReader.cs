using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>Makes our scalars of Tomlyn's, and judges anew where Tomlyn takes what TOML and Codex refuse or refuses what they take.</summary>
internal static class LiteralReader
{
    internal static TomlScalar Read(SourceText source, ValueSyntax value)
    {
        var raw = source.Slice(value.Span.Offset, value.Span.End.Offset + 1);
        return value switch
        {
            StringValueSyntax text => new TomlString(raw, ReadString(source, text.Span.Offset, text.Span.End.Offset + 1, text.Value!)),
            IntegerValueSyntax number => new TomlInteger(raw, ReadInteger(source, number, raw.Span)),
            FloatValueSyntax number => new TomlFloat(raw, ReadFloat(source, number)),
            BooleanValueSyntax flag => new TomlBoolean(raw, flag.Value),
            DateTimeValueSyntax => DateTimeText.Read(raw.Span) is var (kind, canonical)
                ? new TomlDateTime(raw, kind, canonical)
                : throw source.FailAt(value.Span.Offset, "this is not a valid date or time"),
            _ => throw source.FailAt(value.Span.Offset, "a value is expected here"),
        };
    }

    /// <summary>What a string stands for, a quoted key included.</summary>
    internal static string ReadString(SourceText source, int start, int end, string value)
    {
        var raw = source.Text.AsSpan(start, end - start);
        if (raw[0] == '"')
        {
            RequireLineContinuations(source, start, raw);
        }

        return raw.Contains('\r') ? DecodeWithLineFeeds(raw) : value;
    }

    /// <summary>
    /// A backslash before blanks joins lines: in multi-line strings alone, and only at the end of a line. Tomlyn also takes it before a
    /// tab, and in strings of one line.
    /// </summary>
    private static void RequireLineContinuations(SourceText source, int start, ReadOnlySpan<char> raw)
    {
        var isMultiLine = raw.StartsWith("\"\"\"");
        for (var at = raw.IndexOf('\\'); at >= 0 && at < raw.Length; at = IndexOfBackslash(raw, at + 2))
        {
            if (raw[at + 1] is ' ' or '\t' or '\r' or '\n' && !(isMultiLine && raw[(at + 1)..].TrimStart(" \t") is ['\r' or '\n', ..]))
            {
                throw source.FailAt(start + at, "a string holds an unknown escape sequence");
            }
        }
    }

    private static int IndexOfBackslash(ReadOnlySpan<char> raw, int from)
    {
        var at = raw[from..].IndexOf('\\');
        return at < 0 ? -1 : from + at;
    }

    /// <summary>Line breaks inside a string read as line feeds. An escaped carriage return is spelled with letters and so stays.</summary>
    private static string DecodeWithLineFeeds(ReadOnlySpan<char> raw)
    {
        var text = raw.ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
        var lexer = TomlLexer.Create(text, new TomlLexerOptions { DecodeScalars = true });
        lexer.Mode = TomlLexerMode.Value;
        lexer.MoveNext();
        return lexer.Current.StringValue!;
    }

    /// <summary>Tomlyn lets hexadecimal, octal and binary numbers run over into negative ones, and refuses zeros in front of them.</summary>
    private static long ReadInteger(SourceText source, IntegerValueSyntax number, ReadOnlySpan<char> raw)
    {
        if (raw is not ['0', 'x' or 'o' or 'b', ..])
        {
            return number.Value;
        }

        var bits = raw[1] switch { 'x' => 4, 'o' => 3, _ => 1 };
        var value = 0L;
        foreach (var c in raw[2..])
        {
            if (c == '_')
            {
                continue;
            }

            if (value > long.MaxValue >> bits)
            {
                throw source.FailAt(number.Span.Offset, "this is not a valid integer of 64 bits");
            }

            value = (value << bits) | (long)(char.IsAsciiDigit(c) ? c - '0' : (c | ' ') - 'a' + 10);
        }

        return value;
    }

    /// <summary>A number that is too large becomes infinite with Tomlyn; Codex refuses it.</summary>
    private static double ReadFloat(SourceText source, FloatValueSyntax number)
        => double.IsFinite(number.Value) || number.Token!.TokenKind != TokenKind.Float
            ? number.Value
            : throw source.FailAt(number.Span.Offset, "this number is too large");
}
