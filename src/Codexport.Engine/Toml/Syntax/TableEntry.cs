namespace Codexport.Engine.Toml.Syntax;

/// <summary>A member of a table.</summary>
internal sealed class TableEntry(string key, TomlNode value) : Link<TableEntry>
{
    internal string Key { get; set; } = key;

    internal TomlNode Value { get; set; } = value;
}
