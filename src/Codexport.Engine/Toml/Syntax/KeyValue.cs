using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>A key, an equals sign and a value: on a line of its own (<see cref="Line"/>) or in an inline table (<see cref="Member"/>).</summary>
internal sealed class KeyValue(KeySyntax key, ReadOnlyMemory<char> separator, TomlNode value) : ValueSlot
{
    internal static readonly ReadOnlyMemory<char> PlainSeparator = " = ".AsMemory();

    internal KeySyntax Key { get; set; } = key;

    internal ReadOnlyMemory<char> Separator { get; set; } = separator;

    internal override TomlNode Value { get; set; } = value;

    internal KeyValueElement? Line { get; set; }

    internal InlineMember? Member { get; set; }

    internal void Write(StringBuilder text)
    {
        Key.Write(text);
        text.Append(Separator);
        Value.Write(text);
    }

    internal KeyValue Clone() => new(Key, Separator, Value.CloneValue());
}
