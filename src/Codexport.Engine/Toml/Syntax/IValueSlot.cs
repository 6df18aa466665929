namespace Codexport.Engine.Toml.Syntax;

/// <summary>A place in the text where a value stands.</summary>
internal interface IValueSlot
{
    TomlNode Value { get; set; }
}
