using Codexport.Engine.Errors;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>The text that is read, without its byte-order mark: slices of it, and where an offset stands in it.</summary>
internal sealed class SourceText(string text, string? path)
{
    private int _located;
    private TomlLocation _location = new(1, 1);

    internal string Text => text;

    internal string? Path => path;

    internal ReadOnlyMemory<char> Slice(int start, int end) => text.AsMemory(start, end - start);

    /// <summary>Where the line break at or behind <paramref name="offset"/> begins, if no more than blanks and a comment stand before it.</summary>
    internal int? RestOfLine(int offset)
    {
        var lineFeed = text.IndexOf('\n', offset);
        var end = lineFeed < 0 ? text.Length : lineFeed > offset && text[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed;
        var rest = text.AsSpan(offset, end - offset).TrimStart(" \t");
        return rest.IsEmpty || rest[0] == '#' ? end : null;
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

    internal CodexportException FailAt(int offset, string what) => TomlError.At(path, LocationOf(Math.Min(offset, text.Length)), what);

    private static int CountCharacters(ReadOnlySpan<char> span)
    {
        var count = 0;
        foreach (var c in span)
        {
            count += char.IsLowSurrogate(c) ? 0 : 1;
        }

        return count;
    }
}
