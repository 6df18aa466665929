using Codexport.Engine.Errors;
using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>
/// Has Tomlyn parse a text into its syntax tree. This and <see cref="LiteralReader"/> are where we do not take Tomlyn at its word; each
/// such case has a test in <c>TomlynDefectTests</c> that fails once a later version has mended it.
/// </summary>
internal static class TomlynSyntax
{
    private const string EndsInString = "the text ends inside a string";

    /// <summary>Errors about single values that are none in TOML. <see cref="LiteralReader"/> judges these values itself.</summary>
    private static readonly string[] FalseAlarms =
    [
        // U+FFFD, which is a character as any other. Lone surrogates have been refused before.
        "Invalid UTF-16 surrogate sequence",

        // Blanks between the backslash at the end of a line and the line break.
        "Invalid escape `\\`. It must skip at least one line",

        // More than 7 digits of a second, second 60, offsets beyond 14 hours, the year 0.
        "Unable to parse the date time/offset",
        "Invalid format of date time/offset",

        // Zeros in front of a hexadecimal, octal or binary number.
        "Invalid size of",
    ];

    private static readonly TomlSerializerOptions Options = new() { MaxDepth = TomlDocument.MaxNesting + 1 };

    /// <summary>The syntax tree, without errors but those that only <see cref="LiteralReader"/> finds.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.TomlInvalid"/>.</exception>
    internal static DocumentSyntax Parse(SourceText source)
    {
        DocumentSyntax document;
        try
        {
            // Tomlyn's own validation misses conflicts and, from 100,000 keys on, invents some. TreeBuilder decides instead.
            document = SyntaxParser.Parse(source.Text, Options, sourceName: null, validate: false);
        }
        catch (TomlException)
        {
            throw source.FailAt(PlaceThatIsTooDeep(source.Text), $"arrays and inline tables may be nested {TomlDocument.MaxNesting} deep at most");
        }
        catch (ArgumentOutOfRangeException)
        {
            // What Tomlyn throws where the text ends inside an escape sequence.
            throw source.FailAt(source.Text.Length, EndsInString);
        }

        if (document.HasErrors && FirstError(document, source.Text.Length) is { } error)
        {
            throw Describe(document, source, error);
        }

        return document;
    }

    internal static bool IsFalseAlarm(DiagnosticMessage diagnostic)
        => Array.Exists(FalseAlarms, alarm => diagnostic.Message.StartsWith(alarm, StringComparison.Ordinal));

    private static Found? FirstError(DocumentSyntax document, int end)
    {
        Found? first = null;
        foreach (var diagnostic in document.Diagnostics)
        {
            if (IsFalseAlarm(diagnostic))
            {
                continue;
            }

            // The second token behind the end has the offset 0.
            var offset = diagnostic.Span.Offset == 0 && diagnostic.Message.Contains("<eof>", StringComparison.Ordinal) ? end : diagnostic.Span.Offset;
            if (first is null || offset < first.Offset)
            {
                first = new(offset, diagnostic.Message);
            }
        }

        return first;
    }

    private static CodexportException Describe(DocumentSyntax document, SourceText source, Found error)
    {
        var isString = error.Message.StartsWith("Invalid End-Of-File", StringComparison.Ordinal);
        if (isString || error.Offset >= source.Text.Length)
        {
            if (OpenValues.Innermost(document, isString) is { } open)
            {
                var what = open switch { ArraySyntax => "array", InlineTableSyntax => "inline table", _ => "string" };
                return source.FailAt(open.Span.Offset, $"the {what} that begins here is not closed");
            }
        }

        return source.FailAt(error.Offset, TomlynMessages.InOurWords(error.Message));
    }

    /// <summary>Tomlyn says that a text is nested too deep, but not where: counts brackets up to there.</summary>
    private static int PlaceThatIsTooDeep(string text)
    {
        var lexer = TomlLexer.Create(text);
        lexer.Mode = TomlLexerMode.Value;
        for (var depth = 0; lexer.MoveNext();)
        {
            depth += lexer.Current.Kind switch
            {
                TokenKind.OpenBracket or TokenKind.OpenBrace => 1,
                TokenKind.CloseBracket or TokenKind.CloseBrace => -1,
                _ => 0,
            };
            if (depth > TomlDocument.MaxNesting)
            {
                return lexer.Current.Start.Offset;
            }
        }

        return text.Length;
    }

    private sealed record Found(int Offset, string Message);
}
