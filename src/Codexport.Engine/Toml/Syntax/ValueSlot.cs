namespace Codexport.Engine.Toml.Syntax;

/// <summary>A place in the text where a value stands.</summary>
internal abstract class ValueSlot
{
    internal abstract TomlNode Value { get; set; }
}
