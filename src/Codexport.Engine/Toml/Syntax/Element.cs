using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>A whole line of the document, or several where a value spans lines. The elements in order are the document.</summary>
internal abstract class Element : Link<Element>
{
    /// <summary>The section that it opens or belongs to; null for blank lines and comments.</summary>
    internal Section? Section { get; set; }

    /// <summary>Its last piece of text, line break included.</summary>
    internal ReadOnlyMemory<char> Tail { get; set; }

    internal bool EndsLine => Tail.Span is [.., '\n'];

    internal void EndLine(string newLine)
    {
        if (!EndsLine)
        {
            Tail = string.Concat(Tail.Span, newLine).AsMemory();
        }
    }

    internal abstract void Write(StringBuilder text);
}
