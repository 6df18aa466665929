using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>Names one unit of the three-way merge.</summary>
/// <param name="Path">Key path from the root; keys alone.</param>
/// <param name="Element">What tells one element of a list from the others, where a list is merged element by element.</param>
internal sealed record UnitKey(TomlPath Path, string? Element = null)
{
    /// <summary>The key path as people write it.</summary>
    public override string ToString() => Element is null ? Path.ToString() : $"{Path}[{Element}]";

    /// <summary>The key path without what may be long or secret.</summary>
    internal string Shown => Element is null || Path[0].Key == "hooks" ? Path.ToString() : $"{Path}[{Element}]";

    /// <summary>Whether one of the two lies in the other.</summary>
    internal bool Overlaps(UnitKey other) => Path.StartsWith(other.Path) || other.Path.StartsWith(Path);

    /// <summary>The name, where this is an MCP server.</summary>
    internal string? ServerName => Path.Count == 2 && Path[0].Key == ConfigUnits.Servers ? Path[1].Key : null;
}
