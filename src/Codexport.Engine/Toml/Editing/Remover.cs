using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml.Editing;

/// <summary>Removes nodes from the text and from the tree.</summary>
internal sealed class Remover(TomlDocument document)
{
    private readonly LineEditor _lines = new(document);

    internal void Remove(TomlNode node)
    {
        RemoveText(node);
        Detach(node);
    }

    private void RemoveText(TomlNode node)
    {
        switch (node.Slot)
        {
            case KeyValueElement line:
                if (!line.Section!.IsRemoved)
                {
                    _lines.RemoveLine(line);
                }

                return;
            case InlineMember member:
                TreeWalk.HostOf((TomlTable)node.Parent!).Inline!.Remove(member, document.NewLine);
                return;
            case ArrayItem item:
                ArrayEditor.Remove((TomlArray)node.Parent!, item, document.NewLine);
                return;
        }

        if (node is TomlArrayOfTables array)
        {
            array.Tables.ForEach(RemoveText);
            return;
        }

        var table = (TomlTable)node;
        if (table.Section is { } section)
        {
            _lines.RemoveSection(section);
        }

        foreach (var (_, child) in table)
        {
            RemoveText(child);
        }
    }

    private static void Detach(TomlNode node)
    {
        switch (node.Parent)
        {
            case TomlArrayOfTables array:
                array.Tables.Remove((TomlTable)node);
                node.Parent = null;
                if (array.Count == 0)
                {
                    Detach(array);
                }

                break;
            case TomlTable table:
                var dotted = node.Slot is IKeyValue ? 1 : (node as TomlTable)?.DottedKeys ?? 0;
                table.Remove(node);
                node.Slot = null;
                ForgetDotted(table, dotted);
                Prune(table);
                break;
        }
    }

    private static void ForgetDotted(TomlTable table, int count)
    {
        for (; table.Form == TomlForm.Dotted; table = (TomlTable)table.Parent!)
        {
            table.DottedKeys -= count;
            if (table.DottedKeys == 0)
            {
                table.Form = TomlForm.Implicit;
            }
        }
    }

    /// <summary>A table that is there only through what it held goes with the last of it.</summary>
    private static void Prune(TomlTable table)
    {
        while (table is { Form: TomlForm.Implicit, Count: 0, Parent: TomlTable parent })
        {
            parent.Remove(table);
            table = parent;
        }
    }
}
