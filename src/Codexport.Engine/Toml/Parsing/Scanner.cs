using System.Buffers;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>A position in the text: blanks, comments, line breaks, and where an error stands.</summary>
internal sealed class Scanner(string text, string? path)
{
    private static readonly SearchValues<char> CommentEnd = SearchValues.Create(
        "\n\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019"
        + "\u001a\u001b\u001c\u001d\u001e\u001f\u007f");

    private int _located;
    private TomlLocation _location = new(1, 1);

    internal string Text => text;

    internal string? Path => path;

    internal int Position { get; set; }

    internal bool AtEnd => Position >= text.Length;

    /// <summary>The present character; NUL at the end (NUL itself is never allowed, so the two need no telling apart).</summary>
    internal char Current => Position < text.Length ? text[Position] : '\0';

    internal ReadOnlySpan<char> Rest => text.AsSpan(Position);

    internal bool AtLineBreak => Current == '\n' || (Current == '\r' && Peek(1) == '\n');

    internal char Peek(int ahead) => Position + ahead < text.Length ? text[Position + ahead] : '\0';

    internal ReadOnlyMemory<char> SliceFrom(int start) => text.AsMemory(start, Position - start);

    internal void SkipBlanks()
    {
        while (Position < text.Length && text[Position] is ' ' or '\t')
        {
            Position++;
        }
    }

    internal void SkipLineBreak() => Position += Current == '\r' ? 2 : 1;

    /// <summary>Skips a comment up to its line break.</summary>
    internal void SkipComment()
    {
        var length = Rest.IndexOfAny(CommentEnd);
        Position = length < 0 ? text.Length : Position + length;
        if (!AtEnd && !AtLineBreak)
        {
            throw Fail("a comment holds a control character");
        }
    }

    /// <summary>Skips blanks, a comment and the line break; anything else there is an error.</summary>
    internal ReadOnlyMemory<char> SkipRestOfLine(string after)
    {
        var start = Position;
        SkipBlanks();
        if (Current == '#')
        {
            SkipComment();
        }

        if (AtLineBreak)
        {
            SkipLineBreak();
        }
        else if (!AtEnd)
        {
            throw Fail($"only a comment may follow {after} on its line");
        }

        return SliceFrom(start);
    }

    /// <summary>The location of <paramref name="offset"/>; cheap as long as offsets grow from call to call.</summary>
    internal TomlLocation LocationOf(int offset)
    {
        if (offset < _located)
        {
            _located = 0;
            _location = new(1, 1);
        }

        var passed = text.AsSpan(_located, offset - _located);
        var lineStart = passed.LastIndexOf('\n') + 1;
        var lines = lineStart == 0 ? 0 : passed.Count('\n');
        var column = lineStart == 0 ? _location.Column : 1;
        _located = offset;
        return _location = new(_location.Line + lines, column + CountCharacters(passed[lineStart..]));
    }

    internal CodexportException Fail(string what) => FailAt(Position, what);

    internal CodexportException FailAt(int offset, string what) => TomlError.At(path, LocationOf(Math.Min(offset, text.Length)), what);

    private static int CountCharacters(ReadOnlySpan<char> span)
    {
        var count = span.Length;
        for (var at = span.IndexOfAnyInRange('\uDC00', '\uDFFF'); at >= 0; at = span.IndexOfAnyInRange('\uDC00', '\uDFFF'))
        {
            count--;
            span = span[(at + 1)..];
        }

        return count;
    }
}
