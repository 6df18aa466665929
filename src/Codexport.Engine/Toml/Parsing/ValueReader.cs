using Codexport.Engine.Toml.Syntax;
using Tomlyn.Syntax;
using KeySyntax = Codexport.Engine.Toml.Syntax.KeySyntax;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>Makes our keys and values of Tomlyn's, with the text around them. Its recursion is bounded by the nesting that Tomlyn lets through.</summary>
internal sealed class ValueReader(SourceText source)
{
    internal static int Start(SyntaxNode node) => node.Span.Offset;

    internal static int End(SyntaxNode node) => node.Span.End.Offset + 1;

    internal KeySyntax ReadKey(Tomlyn.Syntax.KeySyntax key, int depth)
    {
        var parts = new KeyPart[1 + key.DotKeys.ChildrenCount];
        RequireDepth(Start(key), parts.Length, TomlDocument.MaxKeyParts, "a key may have {0} parts at most");
        RequireDepth(Start(key), depth + parts.Length, TomlDocument.MaxDepth, TooDeep);
        parts[0] = ReadPart(key.Key!, Start(key));
        var end = End(key.Key!);
        var at = 1;
        foreach (var part in key.DotKeys)
        {
            parts[at++] = ReadPart(part.Key!, end);
            end = End(part.Key!);
        }

        return new KeySyntax(parts);
    }

    /// <summary>Reads a key, an equals sign and a value.</summary>
    /// <param name="pair">All three.</param>
    /// <param name="depth">How deep the table lies that the key counts from.</param>
    internal (KeySyntax Key, ReadOnlyMemory<char> Separator, TomlNode Value) ReadPair(KeyValueSyntax pair, int depth)
    {
        var key = ReadKey(pair.Key!, depth);
        var separator = source.Slice(EndOfKey(pair.Key!), Start(pair.Value!));
        return (key, separator, ReadValue(pair.Value!, depth + key.Parts.Count));
    }

    internal static int EndOfKey(Tomlyn.Syntax.KeySyntax key)
        => End(key.DotKeys.ChildrenCount == 0 ? key.Key! : key.DotKeys.GetChild(key.DotKeys.ChildrenCount - 1)!.Key!);

    private const string TooDeep = "a value may lie {0} steps deep at most, through keys, tables and arrays";

    private KeyPart ReadPart(BareKeyOrStringValueSyntax part, int leadingStart)
    {
        var start = Start(part);
        var raw = source.Slice(start, End(part));
        var value = part is StringValueSyntax quoted ? LiteralReader.ReadString(source, start, End(part), quoted.Value!) : raw.ToString();
        return new KeyPart(source.Slice(leadingStart, start), raw, value, source.LocationOf(start));
    }

    private TomlNode ReadValue(ValueSyntax value, int depth)
    {
        var location = source.LocationOf(Start(value));
        TomlNode node = value switch
        {
            ArraySyntax array => ReadArray(array, depth),
            InlineTableSyntax table => ReadInlineTable(table, depth),
            _ => LiteralReader.Read(source, value),
        };
        node.Location = location;
        return node;
    }

    private TomlArray ReadArray(ArraySyntax syntax, int depth)
    {
        RequireDepth(Start(syntax), depth + 1, TomlDocument.MaxDepth, TooDeep);
        var array = new TomlArray();
        var position = Start(syntax) + 1;
        foreach (var item in syntax.Items)
        {
            var leading = source.Slice(position, Start(item.Value!));
            var read = new ArrayItem(ReadValue(item.Value!, depth + 1)) { Leading = leading };
            array.Add(read);
            position = ReadSeparator(read, End(item.Value!), item.Comma, End(syntax) - 1);
        }

        array.End = source.Slice(position, End(syntax) - 1);
        return array;
    }

    private TomlTable ReadInlineTable(InlineTableSyntax syntax, int depth)
    {
        var inline = new InlineSyntax();
        var table = new TomlTable(TomlForm.Inline) { Inline = inline };
        var position = Start(syntax) + 1;
        foreach (var item in syntax.Items)
        {
            var leading = source.Slice(position, Start(item.KeyValue!.Key!));
            var (key, separator, value) = ReadPair(item.KeyValue, depth);
            var member = new InlineMember(key, separator, value) { Leading = leading };
            TreeBuilder.AddKeyValue(table, member, 0, source.Path);
            inline.Members.InsertAfter(inline.Members.Last, member);
            position = ReadSeparator(member, End(item.KeyValue.Value!), item.Comma, End(syntax) - 1);
        }

        inline.End = source.Slice(position, End(syntax) - 1);
        return table;
    }

    /// <summary>Reads what stands between a value and the next one, and returns where the next one's own text begins.</summary>
    private int ReadSeparator(ISeparated item, int start, SyntaxToken? comma, int close)
    {
        if (comma is null)
        {
            // A comment on the last value's line belongs to that value.
            var split = source.RestOfLine(start) is { } lineEnd && lineEnd < close ? lineEnd : start;
            item.Trailing = source.Slice(start, split);
            return split;
        }

        item.Trailing = source.Slice(start, Start(comma));
        item.HasComma = true;
        var afterComma = Start(comma) + 1;
        var end = source.RestOfLine(afterComma) ?? afterComma;
        item.AfterComma = source.Slice(afterComma, end);
        return end;
    }

    private void RequireDepth(int offset, int depth, int limit, string message)
    {
        if (depth > limit)
        {
            throw source.FailAt(offset, string.Format(System.Globalization.CultureInfo.InvariantCulture, message, limit));
        }
    }
}
