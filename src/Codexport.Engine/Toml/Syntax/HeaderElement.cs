using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>A <c>[table]</c> or <c>[[array]]</c> line.</summary>
internal sealed class HeaderElement(ReadOnlyMemory<char> open, KeySyntax key, ReadOnlyMemory<char> close, bool isArray) : Element
{
    internal KeySyntax Key { get; set; } = key;

    internal bool IsArray => isArray;

    internal static HeaderElement Of(KeySyntax key, bool isArray, string newLine)
        => new((isArray ? "[[" : "[").AsMemory(), key, (isArray ? "]]" : "]").AsMemory(), isArray) { Tail = newLine.AsMemory() };

    internal override void Write(StringBuilder text)
    {
        text.Append(open);
        Key.Write(text);
        text.Append(close).Append(Tail);
    }

    internal HeaderElement Clone() => new(open, Key, close, isArray) { Tail = Tail };
}
