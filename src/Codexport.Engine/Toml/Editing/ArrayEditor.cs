using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml.Editing;

/// <summary>Appends to and removes from arrays in brackets, commas and comments included.</summary>
internal static class ArrayEditor
{
    internal static void Append(TomlArray array, TomlNode value, string newLine)
    {
        var item = new ArrayItem(value);
        if (array.Items.Count == 0)
        {
            // Comments in an empty array stay before its first item.
            item.Leading = array.End.Span.Contains('#') ? array.End : default;
            array.End = array.End.Span.Contains('#') ? newLine.AsMemory() : array.End;
        }
        else
        {
            var last = array.Items[^1];
            item.HasComma = last.HasComma;
            item.Leading = LeadingLike(array.Items, newLine);
            AddComma(last);
            if (last.HasComment && !StartsLine(item.Leading))
            {
                item.Leading = string.Concat(newLine, item.Leading.Span).AsMemory();
            }
        }

        array.Add(item);
    }

    internal static void Remove(TomlArray array, ArrayItem item, string newLine)
    {
        var index = array.Items.IndexOf(item);
        array.Items.RemoveAt(index);
        item.Value.Parent = null;
        item.Value.Slot = null;
        if (index < array.Items.Count)
        {
            var next = array.Items[index];
            next.Leading = StartsLine(next.Leading)
                ? Join(Detached(item.Leading), next.Leading)
                : item.Leading;
            return;
        }

        array.End = Join(Detached(item.Leading), array.End);
        if (index == 0)
        {
            return;
        }

        var last = array.Items[^1];
        last.HasComma &= item.HasComma;
        if (last.HasComment && !StartsLine(array.End))
        {
            array.End = string.Concat(newLine, array.End.Span).AsMemory();
        }
    }

    private static void AddComma(ArrayItem last)
    {
        if (!last.HasComma)
        {
            last.HasComma = true;
            // A comment after the value now stands after the comma.
            last.AfterComma = last.Trailing;
            last.Trailing = default;
        }
    }

    /// <summary>The break and indent of the last item, or one blank; without the last item's own comments.</summary>
    private static ReadOnlyMemory<char> LeadingLike(List<ArrayItem> items, string newLine)
    {
        var leading = items[^1].Leading;
        if (!leading.Span.Contains('\n'))
        {
            return items.Count == 1 ? " ".AsMemory() : leading.IsEmpty || leading.Span.Contains('#') ? default : leading;
        }

        var indent = leading[(leading.Span.LastIndexOf('\n') + 1)..];
        return string.Concat(newLine, indent.Span).AsMemory();
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
