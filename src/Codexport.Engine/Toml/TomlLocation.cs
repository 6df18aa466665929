namespace Codexport.Engine.Toml;

/// <summary>
/// Where something stood in the text that was parsed. Both count from 1; columns count Unicode characters. What an edit made has
/// <see cref="None"/>.
/// </summary>
/// <param name="Line">The line, from 1; 0 when there is none.</param>
/// <param name="Column">The column, from 1; 0 when there is none.</param>
internal readonly record struct TomlLocation(int Line, int Column)
{
    /// <summary>No place in a parsed text.</summary>
    public static TomlLocation None => default;
}
