using Tomlyn.Syntax;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>Finds the value that a text ends in. Tomlyn names the end of the text; people look for the bracket that is open.</summary>
internal static class OpenValues
{
    /// <summary>The innermost array or table without an end, or the last string where that is wanted; null where there is none.</summary>
    internal static SyntaxNode? Innermost(DocumentSyntax document, bool isString)
    {
        var pairs = Last(document.Tables)?.Items ?? document.KeyValues;
        SyntaxNode? innermost = null;
        SyntaxNode? value = Last(pairs)?.Value;
        while (value is not null)
        {
            switch (value)
            {
                case ArraySyntax { CloseBracket: null } array:
                    innermost = array;
                    value = Last(array.Items)?.Value;
                    break;
                case InlineTableSyntax { CloseBrace: null } table:
                    innermost = table;
                    value = Last(table.Items)?.KeyValue?.Value;
                    break;
                case StringValueSyntax when isString:
                    return value;
                default:
                    return innermost;
            }
        }

        return innermost;
    }

    private static T? Last<T>(SyntaxList<T> list)
        where T : SyntaxNode
        => list.ChildrenCount == 0 ? null : list.GetChild(list.ChildrenCount - 1);
}
