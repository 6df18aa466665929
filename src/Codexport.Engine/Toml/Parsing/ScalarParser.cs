using System.Buffers;
using System.Globalization;
using System.Text;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>Reads booleans and numbers, and hands dates and times on.</summary>
internal static class ScalarParser
{
    internal static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly SearchValues<char> DigitsAndUnderscore = SearchValues.Create("0123456789_");

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+.:");

    internal static TomlScalar Parse(Scanner scanner)
    {
        var start = scanner.Position;
        SkipToken(scanner);
        var token = scanner.SliceFrom(start);
        var span = token.Span;
        if (span.IsEmpty)
        {
            throw scanner.Fail("a value is expected here");
        }

        var (node, what) = ParseToken(token, span);
        return node ?? throw scanner.FailAt(start, what);
    }

    private static void SkipToken(Scanner scanner)
    {
        var start = scanner.Position;
        Skip(scanner);
        // A date may be set off from its time by one blank.
        if (scanner.Position - start == 10 && scanner.Text[start + 4] == '-' && scanner.Current == ' ' && char.IsAsciiDigit(scanner.Peek(1)))
        {
            scanner.Position++;
            Skip(scanner);
        }
    }

    private static void Skip(Scanner scanner)
    {
        var length = scanner.Rest.IndexOfAnyExcept(TokenCharacters);
        scanner.Position = length < 0 ? scanner.Text.Length : scanner.Position + length;
    }

    private static (TomlScalar? Node, string What) ParseToken(ReadOnlyMemory<char> token, ReadOnlySpan<char> span)
    {
        if (span is "true" or "false")
        {
            return (new TomlBoolean(token, span is "true"), "");
        }

        if (DateTimeParser.LooksLikeOne(span))
        {
            return (DateTimeParser.Parse(token), "this is not a valid date or time");
        }

        if (!span.ContainsAnyInRange('0', '9') && span.TrimStart("+-") is not ("inf" or "nan"))
        {
            return (null, "this is no TOML value; text must be in quotes");
        }

        if (span is ['0', 'x' or 'o' or 'b', ..])
        {
            return (ParsePrefixed(token, span), "this is not a valid integer of 64 bits");
        }

        return span.ContainsAny("eE.") || span[^1] is 'f' or 'n'
            ? (ParseFloat(token, span), "this is not a valid number")
            : (ParseDecimal(token, span), "this is not a valid integer of 64 bits");
    }

    private static TomlInteger? ParsePrefixed(ReadOnlyMemory<char> token, ReadOnlySpan<char> span)
    {
        var digits = span[2..];
        var bits = span[1] switch { 'x' => 4, 'o' => 3, _ => 1 };
        ulong value = 0;
        if (digits.IsEmpty || !UnderscoresAreBetween(digits, HexDigits))
        {
            return null;
        }

        foreach (var c in digits)
        {
            if (c == '_')
            {
                continue;
            }

            var digit = (ulong)char.ToUpperInvariant(c) - (char.IsAsciiDigit(c) ? '0' : 'A' - 10UL);
            if (!char.IsAsciiHexDigit(c) || digit >> bits != 0 || value > (ulong)long.MaxValue >> bits)
            {
                return null;
            }

            value = (value << bits) | digit;
        }

        return new TomlInteger(token, (long)value);
    }

    private static TomlInteger? ParseDecimal(ReadOnlyMemory<char> token, ReadOnlySpan<char> span)
        => IsDecimal(SkipSign(span)) && long.TryParse(Strip(span), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? new TomlInteger(token, value)
            : null;

    private static TomlFloat? ParseFloat(ReadOnlyMemory<char> token, ReadOnlySpan<char> span)
    {
        var unsigned = SkipSign(span);
        if (unsigned is "inf")
        {
            return new TomlFloat(token, span[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity);
        }

        if (unsigned is "nan")
        {
            return new TomlFloat(token, double.NaN);
        }

        var exponent = unsigned.IndexOfAny('e', 'E');
        if (exponent >= 0)
        {
            if (!IsDigits(SkipSign(unsigned[(exponent + 1)..])))
            {
                return null;
            }

            unsigned = unsigned[..exponent];
        }

        var point = unsigned.IndexOf('.');
        if (point >= 0)
        {
            if (!IsDigits(unsigned[(point + 1)..]))
            {
                return null;
            }

            unsigned = unsigned[..point];
        }

        return IsDecimal(unsigned) && double.TryParse(Strip(span), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? new TomlFloat(token, value)
            : null;
    }

    private static ReadOnlySpan<char> SkipSign(ReadOnlySpan<char> span) => span is ['+' or '-', ..] ? span[1..] : span;

    private static bool IsDecimal(ReadOnlySpan<char> span) => IsDigits(span) && (span.Length == 1 || span[0] != '0');

    /// <summary>Digits, with single underscores between them at most.</summary>
    private static bool IsDigits(ReadOnlySpan<char> span)
        => !span.IsEmpty && !span.ContainsAnyExcept(DigitsAndUnderscore) && UnderscoresAreBetween(span, HexDigits);

    private static bool UnderscoresAreBetween(ReadOnlySpan<char> span, SearchValues<char> digits)
    {
        var afterDigit = false;
        foreach (var c in span)
        {
            if (c == '_' && !afterDigit)
            {
                return false;
            }

            afterDigit = c != '_' && digits.Contains(c);
        }

        return afterDigit;
    }

    private static ReadOnlySpan<char> Strip(ReadOnlySpan<char> span)
    {
        if (!span.Contains('_'))
        {
            return span;
        }

        return new StringBuilder(span.Length).Append(span).Replace("_", "").ToString();
    }
}
