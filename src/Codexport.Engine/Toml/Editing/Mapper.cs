using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml.Editing;

/// <summary>Rewrites strings and keys all over a document and leaves every other character as it is.</summary>
internal sealed class Mapper(TomlDocument document)
{
    private readonly List<TomlPathSegment> _path = [];

    internal int MapStrings(Func<TomlPath, string, string?> map) => MapStrings(document.Root, map);

    private int MapStrings(TomlNode node, Func<TomlPath, string, string?> map)
    {
        if (node is TomlString text)
        {
            var changed = map(CurrentPath(), text.Value);
            if (changed is null || string.Equals(changed, text.Value, StringComparison.Ordinal))
            {
                return 0;
            }

            text.Rewrite(changed);
            return 1;
        }

        return Children(node).Sum(child => Below(child.Segment, () => MapStrings(child.Node, map)));
    }

    internal int MapKeys(Func<TomlPath, string, string?> map)
    {
        var renamed = new Dictionary<TomlTable, Dictionary<string, string>>();
        CollectRenames(document.Root, map, renamed);
        if (renamed.Count > 0)
        {
            RewriteKeys(document.Root, renamed);
        }

        foreach (var (table, names) in renamed)
        {
            table.Rename(names);
        }

        return renamed.Values.Sum(names => names.Count);
    }

    private int CollectRenames(
        TomlNode node, Func<TomlPath, string, string?> map, Dictionary<TomlTable, Dictionary<string, string>> renamed)
    {
        if (node is TomlTable table)
        {
            var names = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var key in table.Keys)
            {
                var changed = Below(key, () => map(CurrentPath(), key));
                if (changed is not null && !string.Equals(changed, key, StringComparison.Ordinal))
                {
                    names.Add(key, changed);
                }
            }

            if (names.Count > 0)
            {
                RequireDistinct(table, names);
                renamed.Add(table, names);
            }
        }

        return Children(node).Sum(child => Below(child.Segment, () => CollectRenames(child.Node, map, renamed)));
    }

    private void RequireDistinct(TomlTable table, Dictionary<string, string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in table.Keys)
        {
            if (!seen.Add(names.GetValueOrDefault(key, key)))
            {
                throw TomlError.CannotEdit(document.Path, table[key]!.Location, "two keys of one table would become the same");
            }
        }
    }

    private static void RewriteKeys(TomlNode node, Dictionary<TomlTable, Dictionary<string, string>> renamed)
    {
        if (node.Slot is IKeyValue pair)
        {
            pair.Key = Rewrite(pair.Key, node, renamed);
        }

        if (node is TomlTable { Section.Header: { } header })
        {
            header.Key = Rewrite(header.Key, node, renamed);
        }

        foreach (var (_, child) in Children(node))
        {
            RewriteKeys(child, renamed);
        }
    }

    /// <summary>Rewrites a written key from its last part upwards, along the way from <paramref name="node"/> to the root.</summary>
    private static KeySyntax Rewrite(KeySyntax key, TomlNode node, Dictionary<TomlTable, Dictionary<string, string>> renamed)
    {
        KeyPart[]? parts = null;
        for (var i = key.Parts.Count - 1; i >= 0; i--)
        {
            node = node.Key is null ? node.Parent! : node;
            var table = (TomlTable)node.Parent!;
            if (renamed.TryGetValue(table, out var names) && names.TryGetValue(node.Key!, out var name))
            {
                parts ??= [.. key.Parts];
                var raw = parts[i].Raw.Span;
                var text = raw is ['\'' or '"', ..] ? TomlText.StringLike(raw, name) : TomlText.Key(name);
                parts[i] = parts[i] with { Raw = text.AsMemory(), Value = name };
            }

            node = table;
        }

        return parts is null ? key : new KeySyntax(parts);
    }

    private static IEnumerable<(TomlPathSegment Segment, TomlNode Node)> Children(TomlNode node) => node switch
    {
        TomlTable table => table.Select(member => ((TomlPathSegment)member.Key, member.Value)),
        TomlList list => list.Select((item, index) => ((TomlPathSegment)index, item)),
        _ => [],
    };

    private TomlPath CurrentPath() => TomlPath.Create(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_path));

    private T Below<T>(TomlPathSegment segment, Func<T> act)
    {
        _path.Add(segment);
        var result = act();
        _path.RemoveAt(_path.Count - 1);
        return result;
    }
}
