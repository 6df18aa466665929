namespace Codexport.Engine.Toml.Syntax;

/// <summary>One part of a dotted key.</summary>
/// <param name="Leading">The dot and blanks before it.</param>
/// <param name="Raw">The part as written.</param>
/// <param name="Value">What it stands for.</param>
/// <param name="Location">Where it stood.</param>
internal readonly record struct KeyPart(ReadOnlyMemory<char> Leading, ReadOnlyMemory<char> Raw, string Value, TomlLocation Location);
