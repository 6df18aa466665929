using Codexport.Engine.Errors;

namespace Codexport.Engine.Toml.Editing;

/// <summary>Finds how far a path exists.</summary>
internal static class Resolver
{
    /// <summary>The deepest table on the way to <paramref name="path"/>, and the keys that are missing below it.</summary>
    /// <exception cref="CodexportException">Something that is not a table is in the way, or an index leads nowhere.</exception>
    internal static (TomlTable Table, string[] Missing) Resolve(TomlDocument document, TomlPath path)
    {
        TomlNode node = document.Root;
        for (var i = 0; i < path.Count; i++)
        {
            var next = (node, path[i].Key) switch
            {
                (TomlTable table, { } key) => table[key],
                (TomlList list, null) when path[i].Index < list.Count => list[path[i].Index],
                _ => throw InTheWay(document, node, path, i),
            };
            if (next is null)
            {
                return ((TomlTable)node, MissingKeys(document, node, path, i));
            }

            node = next;
        }

        throw new InvalidOperationException("The path exists.");
    }

    internal static CodexportException InTheWay(TomlDocument document, TomlNode node, TomlPath path, int reached)
        => TomlError.CannotEdit(
            document.Path,
            node.Location,
            $"step {reached + 1} of {path.Count} of the path leads through {(node is TomlList ? "an array" : "a value that is not a table")}"
            + (node.Location == TomlLocation.None ? "" : $" (line {node.Location.Line})"));

    private static string[] MissingKeys(TomlDocument document, TomlNode node, TomlPath path, int from)
    {
        var keys = new string[path.Count - from];
        for (var i = from; i < path.Count; i++)
        {
            keys[i - from] = path[i].Key ?? throw InTheWay(document, node, path, i);
        }

        return keys;
    }
}
