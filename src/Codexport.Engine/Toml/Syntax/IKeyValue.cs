namespace Codexport.Engine.Toml.Syntax;

/// <summary>
/// A key, an equals sign and a value: a line of its own (<see cref="KeyValueElement"/>) or in an inline table (<see cref="InlineMember"/>).
/// </summary>
internal interface IKeyValue : IValueSlot
{
    KeySyntax Key { get; set; }

    /// <summary>The equals sign and the blanks around it.</summary>
    ReadOnlyMemory<char> Separator { get; set; }
}
