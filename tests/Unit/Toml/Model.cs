using System.Text;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Toml;

/// <summary>What a document should stand for, as plain dictionaries, lists and texts; edits are obvious on it.</summary>
internal static class Model
{
    internal static object Of(TomlNode node) => node switch
    {
        TomlTable table => table.ToDictionary(member => member.Key, member => Of(member.Value)),
        TomlList list => list.Select(Of).ToList(),
        TomlString text => "s:" + text.Value,
        TomlDateTime time => $"{time.Kind}:{time.Canonical}",
        TomlFloat number => "f:" + number.Value.ToString("R", null),
        TomlScalar scalar => $"{scalar.Kind}:{scalar.AsInteger()}{scalar.AsBoolean()}",
        _ => throw new InvalidOperationException(),
    };

    internal static object? Find(object? root, IEnumerable<TomlPathSegment> path)
    {
        foreach (var step in path)
        {
            root = root switch
            {
                Dictionary<string, object> table when step.Key is { } key => table.GetValueOrDefault(key),
                List<object> list when step.Key is null && step.Index < list.Count => list[step.Index],
                _ => null,
            };
        }

        return root;
    }

    internal static void Set(object root, TomlPath path, object value)
    {
        for (var i = 1; i < path.Count; i++)
        {
            var parent = Find(root, path.Take(i - 1));
            if (parent is Dictionary<string, object> table && path[i - 1].Key is { } key && !table.ContainsKey(key))
            {
                table[key] = new Dictionary<string, object>();
            }
        }

        switch (Find(root, path.Take(path.Count - 1)))
        {
            case Dictionary<string, object> table:
                table[path[^1].Key!] = value;
                break;
            case List<object> list:
                list[path[^1].Index] = value;
                break;
        }
    }

    /// <summary>Removes, and drops emptied tables above where <paramref name="actual"/> dropped them, which is allowed.</summary>
    internal static void Remove(object root, TomlPath path, TomlDocument actual)
    {
        switch (Find(root, path.Take(path.Count - 1)))
        {
            case Dictionary<string, object> table:
                table.Remove(path[^1].Key!);
                break;
            case List<object> list:
                list.RemoveAt(path[^1].Index);
                break;
        }

        for (var above = path.Parent!; above.Count > 0; above = above.Parent!)
        {
            var isEmpty = Find(root, above) switch
            {
                Dictionary<string, object> table => table.Count == 0,
                List<object> list => list.Count == 0,
                _ => false,
            };
            if (!isEmpty || above.LastKey is null || actual.Find(above) is not null)
            {
                return;
            }

            ((Dictionary<string, object>)Find(root, above.Parent!)!).Remove(above.LastKey);
        }
    }

    /// <summary>One text for one tree, whatever the order of its keys.</summary>
    internal static string Show(object? node)
    {
        var text = new StringBuilder();
        Show(node, text);
        return text.ToString();
    }

    internal static IEnumerable<TomlPath> Paths(TomlNode node) => Paths(node, TomlPath.Root);

    private static IEnumerable<TomlPath> Paths(TomlNode node, TomlPath path)
    {
        if (path.Count > 0)
        {
            yield return path;
        }

        var children = node switch
        {
            TomlTable table => table.Select(member => (Step: (TomlPathSegment)member.Key, Node: member.Value)),
            TomlList list => list.Select((item, index) => (Step: (TomlPathSegment)index, Node: item)),
            _ => [],
        };
        foreach (var below in children.SelectMany(child => Paths(child.Node, path.Append(child.Step))))
        {
            yield return below;
        }
    }

    private static void Show(object? node, StringBuilder text)
    {
        switch (node)
        {
            case Dictionary<string, object> table:
                text.Append('{');
                foreach (var (key, value) in table.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    text.Append(key).Append('=');
                    Show(value, text);
                    text.Append(';');
                }

                text.Append('}');
                break;
            case List<object> list:
                text.Append('[');
                foreach (var item in list)
                {
                    Show(item, text);
                    text.Append(',');
                }

                text.Append(']');
                break;
            default:
                text.Append(node);
                break;
        }
    }
}
