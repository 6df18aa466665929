using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>Reads values. Recursion is bounded by <see cref="TomlDocument.MaxDepth"/>.</summary>
internal sealed class ValueParser(Scanner scanner)
{
    /// <summary>Reads a key, an equals sign and a value.</summary>
    /// <param name="keys">Reads the key.</param>
    /// <param name="depth">How deep the table lies that the key counts from.</param>
    internal (KeySyntax Key, ReadOnlyMemory<char> Separator, TomlNode Value) ParseKeyValue(KeyParser keys, int depth)
    {
        var key = keys.Parse(depth);
        var start = scanner.Position;
        scanner.SkipBlanks();
        if (scanner.Current != '=')
        {
            throw scanner.Fail("an equals sign is expected after the key");
        }

        scanner.Position++;
        scanner.SkipBlanks();
        var separator = scanner.SliceFrom(start);
        return (key, separator, ParseValue(keys, depth + key.Parts.Count));
    }

    private TomlNode ParseValue(KeyParser keys, int depth)
    {
        var start = scanner.Position;
        var location = scanner.LocationOf(start);
        TomlNode node = scanner.Current switch
        {
            '"' or '\'' => ParseString(start),
            '[' => ParseArray(keys, Deeper(depth)),
            '{' => ParseInlineTable(keys, Deeper(depth)),
            _ => ScalarParser.Parse(scanner),
        };
        node.Location = location;
        return node;
    }

    private int Deeper(int depth)
        => depth < TomlDocument.MaxDepth
            ? depth
            : throw scanner.Fail($"tables and arrays may be nested {TomlDocument.MaxDepth} deep at most");

    private TomlString ParseString(int start)
    {
        StringParser.Skip(scanner);
        return new TomlString(scanner.SliceFrom(start), null);
    }

    private TomlArray ParseArray(KeyParser keys, int depth)
    {
        var opening = scanner.Position++;
        var array = new TomlArray();
        while (true)
        {
            var start = scanner.Position;
            SkipArrayTrivia(opening);
            if (scanner.Current == ']')
            {
                array.End = scanner.SliceFrom(start);
                scanner.Position++;
                return array;
            }

            if (scanner.Current == ',')
            {
                throw scanner.Fail("a value is expected before the comma");
            }

            var leading = scanner.SliceFrom(start);
            var item = new ArrayItem(ParseValue(keys, depth + 1)) { Leading = leading };
            array.Add(item);
            if (!ParseAfterItem(array, item, opening))
            {
                return array;
            }
        }
    }

    /// <summary>Reads up to and including the comma (true) or the closing bracket (false).</summary>
    private bool ParseAfterItem(TomlArray array, ArrayItem item, int opening)
    {
        var start = scanner.Position;
        var lineEnd = SkipArrayTrivia(opening);
        if (scanner.Current == ']')
        {
            var split = lineEnd ?? start;
            item.Trailing = scanner.Text.AsMemory(start, split - start);
            array.End = scanner.SliceFrom(split);
            scanner.Position++;
            return false;
        }

        if (scanner.Current != ',')
        {
            throw scanner.Fail("a comma or ] is expected after a value in an array");
        }

        item.Trailing = scanner.SliceFrom(start);
        item.HasComma = true;
        start = ++scanner.Position;
        scanner.SkipBlanks();
        if (scanner.Current == '#')
        {
            scanner.SkipComment();
        }

        scanner.Position = scanner.AtLineBreak ? scanner.Position : start;
        item.AfterComma = scanner.SliceFrom(start);
        return true;
    }

    /// <summary>Skips blanks, line breaks and comments; returns where the first line ended, or null where it goes on.</summary>
    private int? SkipArrayTrivia(int opening)
    {
        int? lineEnd = null;
        while (true)
        {
            scanner.SkipBlanks();
            if (scanner.Current == '#')
            {
                scanner.SkipComment();
            }

            if (scanner.AtEnd)
            {
                throw scanner.FailAt(opening, "the array that begins here is not closed");
            }

            if (!scanner.AtLineBreak)
            {
                return lineEnd;
            }

            lineEnd ??= scanner.Position;
            scanner.SkipLineBreak();
        }
    }

    private TomlTable ParseInlineTable(KeyParser keys, int depth)
    {
        var table = new TomlTable(TomlForm.Inline) { Inline = new InlineSyntax() };
        var start = ++scanner.Position;
        scanner.SkipBlanks();
        if (scanner.Current == '}')
        {
            table.Inline.End = scanner.SliceFrom(start);
            scanner.Position++;
            return table;
        }

        while (true)
        {
            var leading = scanner.SliceFrom(start);
            var (key, separator, value) = ParseKeyValue(keys, depth);
            var member = new InlineMember(key, separator, value) { Leading = leading };
            TreeBuilder.AddKeyValue(table, member, 0, scanner.Path);
            table.Inline.Members.InsertAfter(table.Inline.Members.Last, member);
            start = scanner.Position;
            scanner.SkipBlanks();
            if (scanner.Current == '}')
            {
                table.Inline.End = scanner.SliceFrom(start);
                scanner.Position++;
                return table;
            }

            if (scanner.Current != ',')
            {
                throw scanner.Fail("a comma or } is expected after a value in an inline table, which stays on one line");
            }

            member.Trailing = scanner.SliceFrom(start);
            member.HasComma = true;
            start = ++scanner.Position;
            scanner.SkipBlanks();
        }
    }
}
