using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>A key and value inside an inline table.</summary>
internal sealed class InlineMember : Link<InlineMember>
{
    internal InlineMember(KeyValue pair)
    {
        Pair = pair;
        pair.Member = this;
    }

    internal KeyValue Pair { get; }

    internal ReadOnlyMemory<char> Leading { get; set; }

    /// <summary>Blanks between the value and its comma.</summary>
    internal ReadOnlyMemory<char> Trailing { get; set; }

    internal bool HasComma { get; set; }

    internal void Write(StringBuilder text)
    {
        text.Append(Leading);
        Pair.Write(text);
        text.Append(Trailing).Append(HasComma ? "," : "");
    }

    internal InlineMember Clone() => new(Pair.Clone()) { Leading = Leading, Trailing = Trailing, HasComma = HasComma };
}
