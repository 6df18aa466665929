using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>Keeps commas, line breaks and comments right when values come and go, in arrays and inline tables alike.</summary>
internal static class Separators
{
    internal static void WriteSeparator(this ISeparated item, StringBuilder text)
        => text.Append(item.Trailing).Append(item.HasComma ? "," : "").Append(item.AfterComma);

    /// <summary>Gives the first item what stood between the brackets: comments there stay before it. Returns what stands behind it.</summary>
    internal static ReadOnlyMemory<char> AddFirst(ISeparated item, ReadOnlyMemory<char> end, string newLine)
    {
        if (!end.Span.Contains('#'))
        {
            return end;
        }

        item.Leading = end;
        return newLine.AsMemory();
    }

    /// <summary>Sets an item's commas and line break, as it comes behind <paramref name="previous"/>.</summary>
    /// <param name="item">The new item.</param>
    /// <param name="previous">The one before it.</param>
    /// <param name="plain">What stands before it where its neighbours stand on one line.</param>
    /// <param name="newLine">The document's line break.</param>
    internal static void AddBehind(ISeparated item, ISeparated previous, ReadOnlyMemory<char> plain, string newLine)
    {
        item.HasComma = previous.HasComma;
        item.Leading = LeadingLike(previous.Leading, plain, newLine);
        if (!previous.HasComma)
        {
            previous.HasComma = true;
            // A comment after the value now stands after the comma.
            previous.AfterComma = previous.Trailing;
            previous.Trailing = default;
        }

        item.Leading = OnNewLineBehind(previous, item.Leading, newLine);
    }

    /// <summary>Gives the item behind one that goes what is to stand before it now.</summary>
    internal static void RemoveBefore(ISeparated item, ISeparated next)
        => next.Leading = StartsLine(next.Leading) ? Join(Detached(item.Leading), next.Leading) : item.Leading;

    /// <summary>Sets the comma of the item that is the last now, if there is one. Returns what stands between it and the closing bracket.</summary>
    internal static ReadOnlyMemory<char> RemoveLast(ISeparated item, ISeparated? last, ReadOnlyMemory<char> end, string newLine)
    {
        end = Join(Detached(item.Leading), end);
        if (last is null)
        {
            return end;
        }

        last.HasComma &= item.HasComma;
        return OnNewLineBehind(last, end, newLine);
    }

    private static ReadOnlyMemory<char> OnNewLineBehind(ISeparated item, ReadOnlyMemory<char> text, string newLine)
        => (item.Trailing.Span.Contains('#') || item.AfterComma.Span.Contains('#')) && !StartsLine(text)
            ? string.Concat(newLine, text.Span).AsMemory()
            : text;

    /// <summary>The break and indent of a neighbour, without its own comments.</summary>
    private static ReadOnlyMemory<char> LeadingLike(ReadOnlyMemory<char> leading, ReadOnlyMemory<char> plain, string newLine)
    {
        var lineFeed = leading.Span.LastIndexOf('\n');
        return lineFeed < 0 ? plain : string.Concat(newLine, leading.Span[(lineFeed + 1)..]).AsMemory();
    }

    /// <summary>What a blank line sets off from an item that goes: comments about something else.</summary>
    private static ReadOnlyMemory<char> Detached(ReadOnlyMemory<char> leading)
    {
        var span = leading.Span;
        for (var end = span.LastIndexOf('\n'); end > 0; end = span[..end].LastIndexOf('\n'))
        {
            var before = span[..end].LastIndexOf('\n');
            if (before >= 0 && span[(before + 1)..end].Trim(" \t\r").IsEmpty)
            {
                return span[..before].Contains('#') ? leading[..before].TrimEnd('\r') : default;
            }
        }

        return default;
    }

    private static bool StartsLine(ReadOnlyMemory<char> text) => text.Span.TrimStart(" \t\r") is ['\n', ..];

    private static ReadOnlyMemory<char> Join(ReadOnlyMemory<char> first, ReadOnlyMemory<char> second)
    {
        if (first.IsEmpty)
        {
            return second;
        }

        // The first part ends in a comment: what follows must begin a line.
        return string.Concat(first.Span, StartsLine(second) ? "" : "\n", second.Span).AsMemory();
    }
}
