using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml.Editing;

/// <summary>Questions about where the parts of the tree stand in the text.</summary>
internal static class TreeWalk
{
    /// <summary>The table whose lines or braces hold a table's own keys: itself, or the one that its dotted keys count from.</summary>
    internal static TomlTable HostOf(TomlTable table)
    {
        while (table.Form == TomlForm.Dotted)
        {
            table = (TomlTable)table.Parent!;
        }

        return table;
    }

    internal static bool IsUnder(TomlNode? node, TomlNode ancestor)
    {
        while (node is not null && !ReferenceEquals(node, ancestor))
        {
            node = node.Parent;
        }

        return node is not null;
    }

    /// <summary>The keys that lead from <paramref name="ancestor"/> down to <paramref name="node"/>, indexes left out.</summary>
    internal static string[] KeysBetween(TomlNode ancestor, TomlNode node)
    {
        var keys = new Stack<string>();
        for (; !ReferenceEquals(node, ancestor); node = node.Parent!)
        {
            if (node.Key is { } key)
            {
                keys.Push(key);
            }
        }

        return [.. keys];
    }

    /// <summary>How many arrays and inline tables are around what a node holds.</summary>
    internal static int NestingIn(TomlNode? node)
    {
        var nesting = 0;
        for (; node is not null; node = node.Parent)
        {
            nesting += node is TomlArray or TomlTable { Inline: not null } ? 1 : 0;
        }

        return nesting;
    }

    /// <summary>What a node needs of each limit of depth.</summary>
    internal static Height HeightOf(TomlNode node)
    {
        var height = default(Height);
        for (var member = (node as TomlTable)?.FirstMember; member is not null; member = member.NextMember)
        {
            height = height.With(HeightOf(member));
        }

        for (var i = 0; i < (node as TomlList)?.Count; i++)
        {
            height = height.With(HeightOf(((TomlList)node)[i]));
        }

        return node switch
        {
            TomlArray or TomlTable { Inline: not null } => new(0, height.Nesting + 1, height.Total + 1),
            TomlTable { Form: TomlForm.Dotted } => new(height.Keys + 1, height.Nesting, height.Total + 1),
            TomlTable => new(0, height.Nesting, height.Total + 1),
            _ => height,
        };
    }

    /// <summary>All sections of a node and of what is under it, in the order of the document.</summary>
    internal static List<Section> SectionsOf(TomlNode node)
    {
        var sections = new List<Section>();
        Collect(node, sections);
        return [.. sections.OrderBy(section => section.Ordinal)];
    }

    /// <summary>The section behind which a new one under <paramref name="node"/> belongs.</summary>
    internal static Section EndOfRegion(TomlDocument document, TomlNode node)
    {
        if (node is TomlTable { Form: TomlForm.Root })
        {
            return document.Sections.Last!;
        }

        if (node is TomlArrayOfTables array)
        {
            return LastInText(SectionsOf(array.Tables[^1]));
        }

        var section = LastSection(node);
        if (section is null)
        {
            // A table of dotted keys: headers below it must come behind the keys themselves.
            node = HostOf((TomlTable)node);
            section = ((TomlTable)node).Section!;
            if (ReferenceEquals(section, document.RootSection))
            {
                return document.Sections.Last!;
            }
        }

        while (section.Next is { } next && IsUnder(next.Table, node))
        {
            section = next;
        }

        return section;
    }

    /// <summary>The first section under a node, as the text goes.</summary>
    internal static Section? StartOfRegion(TomlNode node)
    {
        var section = SectionsOf(node).FirstOrDefault();
        while (section?.Previous is { } previous && IsUnder(previous.Table, node))
        {
            section = previous;
        }

        return section;
    }

    /// <summary>The last key of a dotted table.</summary>
    internal static IKeyValue? LastPair(TomlTable table)
    {
        for (var member = table.LastMember; member is not null; member = member.PreviousMember)
        {
            if (member.Slot is IKeyValue pair)
            {
                return pair;
            }

            if (member is TomlTable { Form: TomlForm.Dotted } inner && LastPair(inner) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The keys of a dotted table, in order.</summary>
    internal static IEnumerable<IKeyValue> PairsOf(TomlTable table)
    {
        for (var member = table.FirstMember; member is not null; member = member.NextMember)
        {
            if (member.Slot is IKeyValue pair)
            {
                yield return pair;
            }
            else if (member is TomlTable { Form: TomlForm.Dotted } inner)
            {
                foreach (var below in PairsOf(inner))
                {
                    yield return below;
                }
            }
        }
    }

    /// <summary>
    /// The one of these sections that comes last in the text. A new table of an array must not come before any of them: it would take
    /// over those behind it.
    /// </summary>
    private static Section LastInText(List<Section> sections)
    {
        var last = sections[^1];
        var open = sections.Where(section => section.Ordinal == last.Ordinal).ToHashSet();
        open.Remove(last);
        for (var next = last.Next; open.Count > 0 && next?.Ordinal == last.Ordinal; next = next.Next)
        {
            last = open.Remove(next) ? next : last;
        }

        return last;
    }

    /// <summary>Levels below a node.</summary>
    /// <param name="Keys">Parts that dotted keys need.</param>
    /// <param name="Nesting">Arrays and inline tables.</param>
    /// <param name="Total">All levels, as <see cref="TomlDocument.MaxDepth"/> counts them.</param>
    internal readonly record struct Height(int Keys, int Nesting, int Total)
    {
        internal Height With(Height other) => new(Math.Max(Keys, other.Keys), Math.Max(Nesting, other.Nesting), Math.Max(Total, other.Total));
    }

    private static void Collect(TomlNode node, List<Section> sections)
    {
        if (node is TomlArrayOfTables array)
        {
            array.Tables.ForEach(table => Collect(table, sections));
        }
        else if (node is TomlTable table)
        {
            if (table.Section is { } section)
            {
                sections.Add(section);
            }

            for (var member = table.FirstMember; member is not null; member = member.NextMember)
            {
                if (member.Slot is null)
                {
                    Collect(member, sections);
                }
            }
        }
    }

    private static Section? LastSection(TomlNode node)
    {
        if (node is TomlArrayOfTables array)
        {
            return LastSection(array.Tables[^1]);
        }

        var table = (TomlTable)node;
        for (var member = table.LastMember; member is not null; member = member.PreviousMember)
        {
            if (member.Slot is null && LastSection(member) is { } section)
            {
                return section;
            }
        }

        return table.Section;
    }
}
