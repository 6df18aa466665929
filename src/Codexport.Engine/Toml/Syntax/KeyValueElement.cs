using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>A line that begins with a key.</summary>
internal sealed class KeyValueElement : Element
{
    internal KeyValueElement(ReadOnlyMemory<char> indent, KeyValue pair)
    {
        Indent = indent;
        Pair = pair;
        pair.Line = this;
    }

    internal ReadOnlyMemory<char> Indent { get; }

    internal KeyValue Pair { get; }

    internal override void Write(StringBuilder text)
    {
        text.Append(Indent);
        Pair.Write(text);
        text.Append(Tail);
    }

    internal KeyValueElement Clone() => new(Indent, Pair.Clone()) { Tail = Tail };
}
