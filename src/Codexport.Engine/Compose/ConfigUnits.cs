using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>
/// A configuration cut into the units of the three-way merge: a key with a plain value; an MCP server, an array and an array of tables as
/// a whole; <c>skills.config</c> by path and the groups of <c>hooks</c> one by one. A table without members is a unit too, lest it
/// vanish. The spelling does not matter.
/// </summary>
internal sealed class ConfigUnits
{
    internal const string Servers = "mcp_servers";

    private readonly List<UnitKey> _order = [];
    private readonly Dictionary<UnitKey, TomlNode> _nodes = [];
    private readonly Dictionary<TomlNode, UnitKey> _keys = new(ReferenceEqualityComparer.Instance);

    private ConfigUnits()
    {
    }

    /// <summary>No unit at all.</summary>
    internal static ConfigUnits Empty { get; } = new();

    /// <summary>The units in the order of the document.</summary>
    internal IReadOnlyList<UnitKey> Keys => _order;

    /// <summary>The value of a unit, or null.</summary>
    internal TomlNode? this[UnitKey key] => _nodes.GetValueOrDefault(key);

    /// <summary>Cuts up a document.</summary>
    internal static ConfigUnits Of(TomlTable root)
    {
        var units = new ConfigUnits();
        units.Visit(root, TomlPath.Root);
        return units;
    }

    /// <summary>The units that a node of this document is, is in, or holds.</summary>
    internal IEnumerable<UnitKey> Covering(TomlNode node)
    {
        for (var current = node; current is not null; current = current.Parent)
        {
            if (_keys.TryGetValue(current, out var key))
            {
                return [key];
            }
        }

        return Below(node);
    }

    /// <summary>Whether the list at that path is merged element by element.</summary>
    internal static bool IsListOfUnits(TomlPath path) => path.Count == 2
        && ((path[0].Key == "skills" && path[1].Key == "config") || (path[0].Key == "hooks" && path[1].Key != "state"));

    private static bool IsWhole(TomlPath path) => path.Count == 2 && path[0].Key == Servers;

    private IEnumerable<UnitKey> Below(TomlNode node)
    {
        if (_keys.TryGetValue(node, out var key))
        {
            return [key];
        }

        return node switch
        {
            TomlTable table => table.SelectMany(member => Below(member.Value)),
            TomlList list => list.SelectMany(Below),
            _ => [],
        };
    }

    private void Visit(TomlTable table, TomlPath path)
    {
        foreach (var (key, value) in table)
        {
            var below = path.Append(key);
            if (value is TomlTable { Count: > 0 } member && !IsWhole(below))
            {
                Visit(member, below);
            }
            else if (value is TomlList list && IsListOfUnits(below) && list.All(item => item is TomlTable))
            {
                AddElements(list, below);
            }
            else
            {
                Add(new UnitKey(below), value);
            }
        }
    }

    private void AddElements(TomlList list, TomlPath path)
    {
        foreach (var item in list)
        {
            var name = path[0].Key == "skills" ? ((TomlTable)item)["path"]?.AsString() ?? ((TomlTable)item)["name"]?.AsString() : null;
            name ??= TomlFingerprint.Of(item);
            var key = new UnitKey(path, name);
            if (!_nodes.ContainsKey(key))
            {
                Add(key, item);
                continue;
            }

            // The same element twice is one unit: there is nothing to tell the two by.
            _keys.Add(item, key);
        }
    }

    private void Add(UnitKey key, TomlNode node)
    {
        _order.Add(key);
        _nodes.Add(key, node);
        _keys.Add(node, key);
    }
}
