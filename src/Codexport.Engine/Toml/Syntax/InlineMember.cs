using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>A key and value inside an inline table.</summary>
internal sealed class InlineMember(KeySyntax key, ReadOnlyMemory<char> separator, TomlNode value) : Link<InlineMember>, IKeyValue, ISeparated
{
    public KeySyntax Key { get; set; } = key;

    public ReadOnlyMemory<char> Separator { get; set; } = separator;

    public TomlNode Value { get; set; } = value;

    public ReadOnlyMemory<char> Leading { get; set; }

    public ReadOnlyMemory<char> Trailing { get; set; }

    public bool HasComma { get; set; }

    public ReadOnlyMemory<char> AfterComma { get; set; }

    internal void Write(StringBuilder text)
    {
        text.Append(Leading);
        this.WritePair(text);
        this.WriteSeparator(text);
    }

    internal InlineMember Clone()
        => new(Key, Separator, Value.CloneValue()) { Leading = Leading, Trailing = Trailing, HasComma = HasComma, AfterComma = AfterComma };
}
