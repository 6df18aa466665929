using Codexport.Engine.Toml.Syntax;
using Tomlyn.Syntax;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>
/// Makes a document's elements and tree of Tomlyn's syntax tree. Every character goes into an element: what a node does not cover is
/// taken from the text between the nodes.
/// </summary>
internal sealed class DocumentReader(TomlDocument document, SourceText source)
{
    private readonly ValueReader _values = new(source);
    private Section _section = document.RootSection;
    private int _sectionDepth;

    /// <summary>Everything before it is in elements already.</summary>
    private int _position;

    internal void Read()
    {
        TextCheck.RequireCharacters(source);
        var syntax = TomlynSyntax.Parse(source);
        foreach (var pair in syntax.KeyValues)
        {
            ReadKeyValue(pair);
        }

        foreach (var table in syntax.Tables)
        {
            ReadHeader(table);
            foreach (var pair in table.Items)
            {
                ReadKeyValue(pair);
            }
        }

        ReadTrivia(source.Text.Length);
    }

    private void ReadHeader(TableSyntaxBase syntax)
    {
        var start = ValueReader.Start(syntax.OpenBracket!);
        var lineStart = ReadTriviaBefore(start);
        var location = source.LocationOf(start);
        var key = _values.ReadKey(syntax.Name!, 0);
        var end = ValueReader.End(syntax.CloseBracket!);
        var isArray = syntax is TableArraySyntax;
        var open = source.Slice(lineStart, ValueReader.Start(syntax.Name!));
        var close = source.Slice(ValueReader.EndOfKey(syntax.Name!), end);
        var header = new HeaderElement(open, key, close, isArray) { Tail = ReadTail(end) };
        var table = TreeBuilder.OpenTable(document.Root, key.Parts, isArray, location, source.Path);
        Add(header);
        _section = document.AddSection(document.Sections.Last!, header, table);
        _section.Ordinal = _section.Previous!.Ordinal + 1;
        _sectionDepth = key.Parts.Count;
    }

    private void ReadKeyValue(KeyValueSyntax syntax)
    {
        var start = ValueReader.Start(syntax.Key!);
        var lineStart = ReadTriviaBefore(start);
        var (key, separator, value) = _values.ReadPair(syntax, _sectionDepth);
        var element = new KeyValueElement(source.Slice(lineStart, start), key, separator, value)
        {
            Section = _section,
            Tail = ReadTail(ValueReader.End(syntax.Value!)),
        };
        TreeBuilder.AddKeyValue(_section.Table, element, 0, source.Path);
        Add(element);
        _section.Last = element;
    }

    /// <summary>Reads the lines before the one of <paramref name="offset"/>, and returns where that one begins.</summary>
    private int ReadTriviaBefore(int offset)
    {
        var lineStart = source.Text.LastIndexOf('\n', Math.Max(offset - 1, 0)) + 1;
        lineStart = Math.Max(lineStart, _position);
        ReadTrivia(lineStart);
        return lineStart;
    }

    private void ReadTrivia(int end)
    {
        while (_position < end)
        {
            Add(new TriviaElement(ReadTail(_position)));
        }
    }

    /// <summary>Reads from <paramref name="start"/> to the end of the line, line break included.</summary>
    private ReadOnlyMemory<char> ReadTail(int start)
    {
        var lineFeed = source.Text.IndexOf('\n', start);
        _position = lineFeed < 0 ? source.Text.Length : lineFeed + 1;
        return source.Slice(start, _position);
    }

    private void Add(Element element) => document.Elements.InsertAfter(document.Elements.Last, element);
}
