using Codexport.Engine.Toml.Parsing;
using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml.Editing;

/// <summary>Copies a unit of another document into this one: spelling and comments come along, and it takes the old one's place.</summary>
internal sealed class Copier(TomlDocument document)
{
    private readonly LineEditor _lines = new(document);
    private readonly Inserter _inserter = new(document);
    private readonly Remover _remover = new(document);

    /// <summary>Copies what stands at the same path of <paramref name="source"/>'s document.</summary>
    internal void Copy(TomlNode source, TomlPath path)
    {
        var target = document.Find(path);
        if (source.Slot is IKeyValue pair)
        {
            CopyPair(pair, target, path);
        }
        else if (TreeWalk.HostOf(target is null ? Resolver.Resolve(document, path).Table : (TomlTable)target.Parent!).Inline is not null)
        {
            document.Set(path, source);
        }
        else
        {
            CopyTables(source, target, path);
        }
    }

    /// <summary>Copies one table of an array of tables to the end of the array at <paramref name="path"/>.</summary>
    internal void AppendElement(TomlTable source, TomlPath path)
    {
        var target = (TomlArrayOfTables?)document.Find(path);
        var (table, missing) = target is null ? Resolver.Resolve(document, path) : ((TomlTable)target.Parent!, [target.Key!]);
        Place(TreeWalk.SectionsOf(source), table, missing.Length, KeyCount(path), target);
    }

    private void CopyPair(IKeyValue source, TomlNode? target, TomlPath path)
    {
        IKeyValue copy;
        if (target?.Slot is IKeyValue existing)
        {
            TomlDocument.ReplaceValue(existing, source.Value.CloneValue());
            copy = existing;
        }
        else
        {
            if (target is not null)
            {
                _remover.Remove(target);
            }

            var (table, missing) = Resolver.Resolve(document, path);
            copy = _inserter.Insert(table, missing, source.Value.CloneValue(), preferDotted: source.Key.Parts.Count > 1);
        }

        CopyLineText(copy, source);
    }

    /// <summary>Brings the spelling of the key, the rest of the line and the comments along, where both are lines.</summary>
    private void CopyLineText(IKeyValue copy, IKeyValue source)
    {
        if (copy is not KeyValueElement line || source is not KeyValueElement from)
        {
            return;
        }

        if (copy.Key.Parts.Count == source.Key.Parts.Count)
        {
            copy.Key = source.Key;
            copy.Separator = source.Separator;
        }

        line.Tail = from.Tail;
        if (line.Next is not null)
        {
            line.EndLine(document.NewLine);
        }

        _lines.RemoveComments(line);
        for (Element comment = LineEditor.FirstAttached(from); !ReferenceEquals(comment, from); comment = comment.Next!)
        {
            _lines.InsertAfter(line.Previous, new TriviaElement(comment.Tail));
        }
    }

    private void CopyTables(TomlNode source, TomlNode? target, TomlPath path)
    {
        var sections = TreeWalk.SectionsOf(source);
        // Headers below dotted keys must come behind those, which go to the end of their table's lines.
        var isDotted = source is TomlTable { Form: TomlForm.Dotted };
        var start = isDotted || target is null || target.Slot is not null ? null : TreeWalk.StartOfRegion(target);
        List<CopiedSection>? inPlace = null;
        if (start is not null)
        {
            inPlace = InsertText(sections, LineEditor.FirstAttached(start.Header!).Previous);
        }

        if (target is not null)
        {
            _remover.Remove(target);
        }

        var (table, missing) = Resolver.Resolve(document, path);
        CopyDottedKeys(source, table, missing);
        if (inPlace is null)
        {
            Place(sections, table, missing.Length, KeyCount(path), table[missing[0]]);
        }
        else
        {
            Register(inPlace, table, KeyCount(path) - missing.Length);
        }
    }

    private void CopyDottedKeys(TomlNode source, TomlTable table, string[] missing)
    {
        if (source is not TomlTable { Form: TomlForm.Dotted } dotted)
        {
            return;
        }

        foreach (var pair in TreeWalk.PairsOf(dotted))
        {
            var below = TreeWalk.KeysBetween(dotted, pair.Value);
            var into = table;
            ReadOnlySpan<string> keys = [.. missing, .. below];
            while (keys.Length > 1 && into[keys[0]] is TomlTable next)
            {
                into = next;
                keys = keys[1..];
            }

            var copy = _inserter.Insert(into, keys, pair.Value.CloneValue(), preferDotted: true);
            CopyLineText(copy, pair);
        }
    }

    /// <summary>Copies sections to the end of what is under a table, or under an array that is there already.</summary>
    private void Place(List<Section> sections, TomlTable table, int missing, int keyCount, TomlNode? behind)
    {
        var after = TreeWalk.EndOfRegion(document, behind is null || behind.Slot is not null ? table : behind);
        var anchor = _inserter.AnchorBehind(after);
        if (sections.Count > 0 && anchor is not null && !LineEditor.IsBlank(anchor))
        {
            anchor = _lines.InsertBlankAfter(anchor);
        }

        Register(InsertText(sections, anchor), table, keyCount - missing);
    }

    private List<CopiedSection> InsertText(List<Section> sections, Element? anchor)
    {
        var copies = new List<CopiedSection>();
        foreach (var section in sections)
        {
            var element = LineEditor.FirstAttached(section.Header!);
            if (copies.Count > 0 && LineEditor.IsBlank(element.Previous))
            {
                anchor = _lines.InsertBlankAfter(anchor);
            }

            var end = LineEditor.EndOf(section)!.Next;
            var copy = new CopiedSection(section.Header!.Clone(), []);
            for (; !ReferenceEquals(element, end); element = element!.Next)
            {
                var clone = element switch
                {
                    KeyValueElement line => line.Clone(),
                    HeaderElement => copy.Header,
                    _ => (Element)new TriviaElement(element!.Tail),
                };
                _lines.InsertAfter(anchor, clone);
                anchor = clone;
                if (clone is KeyValueElement added)
                {
                    copy.Lines.Add(added);
                }
            }

            copies.Add(copy);
        }

        return copies;
    }

    /// <summary>Enters copied lines into the tree. The first <paramref name="known"/> parts of each header lead to the table.</summary>
    private void Register(List<CopiedSection> copies, TomlTable from, int known)
    {
        var after = copies.Count == 0 ? document.RootSection : SectionBefore(copies[0].Header);
        foreach (var copy in copies)
        {
            KeyPart[] parts = [.. copy.Header.Key.Parts.Skip(known)];
            var table = TreeBuilder.OpenTable(from, parts, copy.Header.IsArray, TomlLocation.None, document.Path);
            after = document.AddSection(after, copy.Header, table);
            foreach (var line in copy.Lines)
            {
                TreeBuilder.AddKeyValue(table, line, 0, document.Path);
                line.Section = after;
                after.Last = line;
            }
        }
    }

    private Section SectionBefore(Element element)
    {
        var before = element.Previous;
        while (before is TriviaElement)
        {
            before = before.Previous;
        }

        return before?.Section ?? document.RootSection;
    }

    private static int KeyCount(TomlPath path) => path.Count(segment => segment.Key is not null);

    private sealed record CopiedSection(HeaderElement Header, List<KeyValueElement> Lines);
}
