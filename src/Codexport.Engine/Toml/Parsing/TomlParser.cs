using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>Reads a document line by line: keeps every character in the elements and builds the tree beside them.</summary>
internal sealed class TomlParser(TomlDocument document, Scanner scanner)
{
    private readonly KeyParser _keys = new(scanner);
    private readonly ValueParser _values = new(scanner);
    private Section _section = document.RootSection;
    private int _sectionDepth;

    internal void Parse()
    {
        while (!scanner.AtEnd)
        {
            var start = scanner.Position;
            scanner.SkipBlanks();
            if (scanner.AtEnd || scanner.AtLineBreak || scanner.Current == '#')
            {
                scanner.SkipRestOfLine("blanks");
                Add(new TriviaElement(scanner.SliceFrom(start)));
            }
            else if (scanner.Current == '[')
            {
                ParseHeader(start);
            }
            else
            {
                ParseKeyValue(scanner.SliceFrom(start));
            }
        }
    }

    private void Add(Element element) => document.Elements.InsertAfter(document.Elements.Last, element);

    private void ParseHeader(int start)
    {
        var location = scanner.LocationOf(scanner.Position);
        var isArray = scanner.Peek(1) == '[';
        scanner.Position += isArray ? 2 : 1;
        scanner.SkipBlanks();
        var open = scanner.SliceFrom(start);
        var key = _keys.Parse(0);
        var closeStart = scanner.Position;
        scanner.SkipBlanks();
        if (scanner.Current != ']' || (isArray && scanner.Peek(1) != ']'))
        {
            throw scanner.Fail(isArray ? "the header of an array of tables must end with ]]" : "a table header must end with ]");
        }

        scanner.Position += isArray ? 2 : 1;
        var header = new HeaderElement(open, key, scanner.SliceFrom(closeStart), isArray);
        header.Tail = scanner.SkipRestOfLine("a header");
        var table = TreeBuilder.OpenTable(document.Root, key.Parts, isArray, location, scanner.Path);
        Add(header);
        _section = document.AddSection(document.Sections.Last!, header, table);
        _section.Ordinal = _section.Previous!.Ordinal + 1;
        _sectionDepth = key.Parts.Count;
    }

    private void ParseKeyValue(ReadOnlyMemory<char> indent)
    {
        var (key, separator, value) = _values.ParseKeyValue(_keys, _sectionDepth);
        var element = new KeyValueElement(indent, key, separator, value) { Section = _section, Tail = scanner.SkipRestOfLine("a value") };
        TreeBuilder.AddKeyValue(_section.Table, element, 0, scanner.Path);
        Add(element);
        _section.Last = element;
    }
}
