using Codexport.Engine.Toml.Parsing;
using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml.Editing;

/// <summary>
/// Finds the fitting place for what is not there yet: inside the braces of an inline table, beside dotted keys where the parent is made
/// of those, at the end of the parent's lines, else under a new header.
/// </summary>
internal sealed class Inserter(TomlDocument document)
{
    private readonly LineEditor _lines = new(document);

    /// <summary>Enters a key that does not exist. The first of <paramref name="keys"/> is missing in <paramref name="table"/>.</summary>
    /// <param name="table">The deepest table that exists.</param>
    /// <param name="keys">The keys below it.</param>
    /// <param name="value">A value that belongs to nothing.</param>
    /// <param name="preferDotted">Whether missing tables become dotted keys rather than headers.</param>
    internal IKeyValue Insert(TomlTable table, ReadOnlySpan<string> keys, TomlNode value, bool preferDotted = false)
    {
        var host = TreeWalk.HostOf(table);
        if (host.Inline is { } inline)
        {
            return InsertMember(inline, host, table, keys, value);
        }

        if (table.Form == TomlForm.Dotted)
        {
            return InsertDotted(host, table, keys, value);
        }

        if (table.Section is { } section && (keys.Length == 1 || preferDotted))
        {
            var line = NewLine(section, section.Last, KeySyntax.Of(keys), value);
            TreeBuilder.AddKeyValue(table, line);
            _lines.AppendLine(line);
            return line;
        }

        var opened = keys.Length == 1 ? MakeExplicit(table) : OpenTable(table, keys[..^1], isArray: false);
        return Insert(opened, keys[^1..], value);
    }

    /// <summary>Writes a new header at the end of what is under <paramref name="table"/>.</summary>
    internal TomlTable OpenTable(TomlTable table, ReadOnlySpan<string> keys, bool isArray)
    {
        var after = TreeWalk.EndOfRegion(document, table[keys[0]] is TomlArrayOfTables array ? array : table);
        var anchor = AnchorBehind(after);
        if (anchor is not null && !LineEditor.IsBlank(anchor))
        {
            anchor = _lines.InsertBlankAfter(anchor);
        }

        var prefix = TreeWalk.KeysBetween(document.Root, table);
        var header = HeaderElement.Of(KeySyntax.Of([.. prefix, .. keys]), isArray, document.NewLine);
        _lines.InsertAfter(anchor, header);
        var opened = TreeBuilder.OpenTable(table, [.. header.Key.Parts.Skip(prefix.Length)], isArray, TomlLocation.None, document.Path);
        document.AddSection(after, header, opened);
        return opened;
    }

    /// <summary>The line behind which a section that follows <paramref name="section"/> begins.</summary>
    internal Element? AnchorBehind(Section section)
        => section.Next is null ? document.Elements.Last : LineEditor.EndOf(section);

    /// <summary>Gives a table that exists only through deeper headers its own, before those.</summary>
    private TomlTable MakeExplicit(TomlTable table)
    {
        var first = TreeWalk.StartOfRegion(table)!;
        var next = LineEditor.FirstAttached(first.Header!);
        var anchor = next.Previous;
        if (anchor is not null && !LineEditor.IsBlank(anchor))
        {
            anchor = _lines.InsertBlankAfter(anchor);
        }

        var header = HeaderElement.Of(KeySyntax.Of(TreeWalk.KeysBetween(document.Root, table)), isArray: false, document.NewLine);
        _lines.InsertAfter(anchor, header);
        _lines.InsertBlankAfter(header);
        TreeBuilder.OpenTable((TomlTable)table.Parent!, [header.Key.Parts[^1]], isArray: false, TomlLocation.None, document.Path);
        document.AddSection(first.Previous!, header, table);
        return table;
    }

    private InlineMember InsertMember(InlineSyntax inline, TomlTable host, TomlTable table, ReadOnlySpan<string> keys, TomlNode value)
    {
        var anchor = table.Form == TomlForm.Dotted ? (InlineMember)TreeWalk.LastPair(table)! : inline.Members.Last;
        var pair = inline.InsertAfter(anchor, KeySyntax.Of([.. TreeWalk.KeysBetween(host, table), .. keys]), value, document.NewLine);
        TreeBuilder.AddKeyValue(host, pair);
        return pair;
    }

    private KeyValueElement InsertDotted(TomlTable host, TomlTable table, ReadOnlySpan<string> keys, TomlNode value)
    {
        // The new key spells the part that it shares with its neighbour as the neighbour does.
        var neighbour = TreeWalk.LastPair(table)!;
        var shared = TreeWalk.KeysBetween(host, table);
        var plain = KeySyntax.Of([.. shared, .. keys]);
        KeyPart[] parts = [.. neighbour.Key.Parts.Take(shared.Length), .. plain.Parts.Skip(shared.Length)];
        var line = NewLine(host.Section!, (Element)neighbour, new KeySyntax(parts), value);
        TreeBuilder.AddKeyValue(host, line);
        _lines.InsertLine((Element)neighbour, line);
        return line;
    }

    /// <summary>A line for a section, indented like its neighbour.</summary>
    private KeyValueElement NewLine(Section section, Element? neighbour, KeySyntax key, TomlNode value)
        => new((neighbour as KeyValueElement)?.Indent ?? default, key, KeyValueText.PlainSeparator, value)
        {
            Section = section,
            Tail = document.NewLine.AsMemory(),
        };
}
