using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex.Checking;

/// <summary>Finds the key that a message about a line and column is about.</summary>
internal static class KeyFinder
{
    /// <summary>The key of the last value that begins at or before the place, on its line; null when none does.</summary>
    public static string? Find(TomlDocument document, int line, int column)
    {
        TomlNode? best = null;
        Search(document.Root, line, column, ref best);
        return best is null || best.Path.Count == 0 ? null : best.Path.ToString();
    }

    private static void Search(TomlNode node, int line, int column, ref TomlNode? best)
    {
        if (node.Location.Line == line && (best is null || (node.Location.Column <= column && node.Location.Column >= best.Location.Column)))
        {
            best = node;
        }

        var children = node switch
        {
            TomlTable table => table.Select(member => member.Value),
            TomlList list => list,
            _ => [],
        };
        foreach (var child in children)
        {
            Search(child, line, column, ref best);
        }
    }
}
