using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>A blank line or a line with only a comment. One without text marks a place during an edit.</summary>
internal sealed class TriviaElement : Element
{
    internal TriviaElement(ReadOnlyMemory<char> text)
    {
        Tail = text;
        IsComment = text.Span.TrimStart(" \t") is ['#', ..];
    }

    internal bool IsComment { get; }

    internal bool IsBlank => !IsComment && Tail.Length > 0;

    internal override void Write(StringBuilder text) => text.Append(Tail);
}
