using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>A value inside an array, with the blanks, line breaks and comments around it.</summary>
internal sealed class ArrayItem(TomlNode value) : IValueSlot
{
    public TomlNode Value { get; set; } = value;

    internal ReadOnlyMemory<char> Leading { get; set; }

    /// <summary>What stands between the value and its comma; without a comma, the rest of the value's line.</summary>
    internal ReadOnlyMemory<char> Trailing { get; set; }

    internal bool HasComma { get; set; }

    /// <summary>The rest of the comma's line, if nothing but a comment follows on it.</summary>
    internal ReadOnlyMemory<char> AfterComma { get; set; }

    internal bool HasComment => Trailing.Span.Contains('#') || AfterComma.Span.Contains('#');

    internal void Write(StringBuilder text)
    {
        text.Append(Leading);
        Value.Write(text);
        text.Append(Trailing).Append(HasComma ? "," : "").Append(AfterComma);
    }

    internal ArrayItem Clone()
        => new(Value.CloneValue()) { Leading = Leading, Trailing = Trailing, HasComma = HasComma, AfterComma = AfterComma };
}
