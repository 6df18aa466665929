using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>A key and value inside an inline table.</summary>
internal sealed class InlineMember(KeySyntax key, ReadOnlyMemory<char> separator, TomlNode value) : Link<InlineMember>, IKeyValue
{
    public KeySyntax Key { get; set; } = key;

    public ReadOnlyMemory<char> Separator { get; set; } = separator;

    public TomlNode Value { get; set; } = value;

    internal ReadOnlyMemory<char> Leading { get; set; }

    /// <summary>Blanks between the value and its comma.</summary>
    internal ReadOnlyMemory<char> Trailing { get; set; }

    internal bool HasComma { get; set; }

    internal void Write(StringBuilder text)
    {
        text.Append(Leading);
        this.WritePair(text);
        text.Append(Trailing).Append(HasComma ? "," : "");
    }

    internal InlineMember Clone()
        => new(Key, Separator, Value.CloneValue()) { Leading = Leading, Trailing = Trailing, HasComma = HasComma };
}
