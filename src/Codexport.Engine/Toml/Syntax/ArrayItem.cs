using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>A value inside an array, with the blanks, line breaks and comments around it.</summary>
internal sealed class ArrayItem(TomlNode value) : IValueSlot, ISeparated
{
    public TomlNode Value { get; set; } = value;

    public ReadOnlyMemory<char> Leading { get; set; }

    public ReadOnlyMemory<char> Trailing { get; set; }

    public bool HasComma { get; set; }

    public ReadOnlyMemory<char> AfterComma { get; set; }

    internal void Write(StringBuilder text)
    {
        text.Append(Leading);
        Value.Write(text);
        this.WriteSeparator(text);
    }

    internal ArrayItem Clone()
        => new(Value.CloneValue()) { Leading = Leading, Trailing = Trailing, HasComma = HasComma, AfterComma = AfterComma };
}
