using System.Globalization;
using Codexport.Engine.Errors;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>Reads the written form of a <see cref="TomlPath"/>: keys as in a document, by Tomlyn's lexer, and indexes in brackets.</summary>
internal static class PathParser
{
    /// <summary>The steps, or null where the text is not a path.</summary>
    internal static List<TomlPathSegment>? TryParse(string text)
    {
        var segments = new List<TomlPathSegment>();
        try
        {
            var source = new SourceText(text, null);
            TextCheck.RequireCharacters(source);
            var lexer = TomlLexer.Create(text, new TomlLexerOptions { DecodeScalars = true });
            lexer.Mode = TomlLexerMode.Key;
            for (var kind = Next(lexer); kind != TokenKind.Eof; kind = Next(lexer))
            {
                if (kind == TokenKind.OpenBracket)
                {
                    segments.Add(ReadIndex(lexer));
                    continue;
                }

                if (segments.Count > 0)
                {
                    Require(kind == TokenKind.Dot);
                    kind = Next(lexer);
                }

                segments.Add(ReadKey(source, lexer, kind));
            }

            return lexer.Errors.All(TomlynSyntax.IsFalseAlarm) ? segments : null;
        }
        catch (Exception exception) when (exception is CodexportException or FormatException or ArgumentOutOfRangeException)
        {
            // The last is what Tomlyn throws where the text ends inside an escape sequence.
            return null;
        }
    }

    private static TokenKind Next(TomlLexer lexer) => lexer.MoveNext() ? lexer.Current.Kind : TokenKind.Eof;

    private static string ReadKey(SourceText source, TomlLexer lexer, TokenKind kind)
    {
        Require(kind is TokenKind.BasicKey or TokenKind.String or TokenKind.StringLiteral);
        var token = lexer.Current;
        return token.StringValue is { } value
            ? LiteralReader.ReadString(source, token.Start.Offset, token.End.Offset + 1, value)
            : lexer.GetText(token)!;
    }

    private static int ReadIndex(TomlLexer lexer)
    {
        Require(Next(lexer) == TokenKind.BasicKey);
        Require(int.TryParse(lexer.GetText(lexer.Current), NumberStyles.None, CultureInfo.InvariantCulture, out var index));
        Require(Next(lexer) == TokenKind.CloseBracket);
        return index;
    }

    private static void Require(bool isPath)
    {
        if (!isPath)
        {
            throw new FormatException("A path is keys with dots between them.");
        }
    }
}
