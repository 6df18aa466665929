using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>A line that begins with a key.</summary>
internal sealed class KeyValueElement(ReadOnlyMemory<char> indent, KeySyntax key, ReadOnlyMemory<char> separator, TomlNode value)
    : Element, IKeyValue
{
    internal ReadOnlyMemory<char> Indent => indent;

    public KeySyntax Key { get; set; } = key;

    public ReadOnlyMemory<char> Separator { get; set; } = separator;

    public TomlNode Value { get; set; } = value;

    internal override void Write(StringBuilder text)
    {
        text.Append(indent);
        this.WritePair(text);
        text.Append(Tail);
    }

    internal KeyValueElement Clone() => new(indent, Key, Separator, Value.CloneValue()) { Tail = Tail };
}
