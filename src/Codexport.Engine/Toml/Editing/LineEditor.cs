using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml.Editing;

/// <summary>
/// Inserts and removes lines. A comment belongs to the line right below it, without a blank line between; comments that begin the
/// file belong to the file.
/// </summary>
internal sealed class LineEditor(TomlDocument document)
{
    /// <summary>The first line of the comments that belong to <paramref name="element"/>, or the element itself.</summary>
    internal static Element FirstAttached(Element element)
    {
        var first = element;
        while (first.Previous is TriviaElement { IsComment: true } comment)
        {
            first = comment;
        }

        return first.Previous is null ? element : first;
    }

    /// <summary>The last line of a section: its last key, with comments right below it unless they belong to the next header.</summary>
    internal static Element? EndOf(Section section)
    {
        var end = section.Last;
        if (end is null)
        {
            return null;
        }

        var comment = end;
        while (comment.Next is TriviaElement { IsComment: true } next)
        {
            comment = next;
        }

        return comment.Next is HeaderElement ? end : comment;
    }

    internal static bool IsBlank(Element? element) => element is TriviaElement { IsBlank: true };

    internal void InsertAfter(Element? anchor, Element element)
    {
        anchor?.EndLine(document.NewLine);
        document.Elements.InsertAfter(anchor, element);
        if (element.Next is not null)
        {
            element.EndLine(document.NewLine);
        }
    }

    internal Element InsertBlankAfter(Element? anchor)
    {
        var blank = new TriviaElement(document.NewLine.AsMemory());
        InsertAfter(anchor, blank);
        return blank;
    }

    /// <summary>Inserts a key's line behind another line of its section, or as the first.</summary>
    internal void InsertLine(Element? anchor, KeyValueElement line)
    {
        InsertAfter(anchor, line);
        var section = line.Section!;
        if (section.Last is null || ReferenceEquals(section.Last, anchor))
        {
            section.Last = line;
        }
    }

    /// <summary>Inserts a key's line at the end of its section.</summary>
    internal void AppendLine(KeyValueElement line)
    {
        if (line.Section!.Last is { } last)
        {
            InsertLine(last, line);
            return;
        }

        var header = document.Elements.First;
        while (header is TriviaElement)
        {
            header = header.Next;
        }

        if (header is null)
        {
            InsertLine(document.Elements.Last, line);
            return;
        }

        // The first root key of a file that begins with tables.
        var first = FirstAttached(header);
        InsertLine(first.Previous, line);
        InsertBlankAfter(line);
    }

    /// <summary>Removes a key's line and its comments.</summary>
    internal void RemoveLine(KeyValueElement line)
    {
        var first = FirstRemoved(line, element => ReferenceEquals(element, line));
        var section = line.Section!;
        if (ReferenceEquals(section.Last, line))
        {
            var previous = first.Previous;
            while (previous is TriviaElement)
            {
                previous = previous.Previous;
            }

            section.Last = previous;
        }

        RemoveRange(first, line);
    }

    internal void RemoveComments(Element element)
    {
        if (FirstAttached(element) is var first && !ReferenceEquals(first, element))
        {
            RemoveRange(first, element.Previous!);
        }
    }

    /// <summary>Removes a header, its comments and all that is under it, and the blank lines that would then meet others.</summary>
    internal void RemoveSection(Section section)
    {
        bool IsRemoved(Element element) => IsIn(section, element);
        var first = FirstRemoved(section.Header!, IsRemoved);
        var last = LastRemoved(section, IsRemoved);
        var previous = first.Previous;
        var next = last.Next;
        RemoveRange(first, last);
        document.Sections.Remove(section);
        section.IsRemoved = true;
        if (next is null)
        {
            RemoveBlanks(previous, forward: false);
        }
        else if (previous is null || IsBlank(previous))
        {
            RemoveBlanks(next, forward: true);
        }
    }

    // As what is attached, but for the marks of another tool's block that holds more.
    private static Element FirstRemoved(Element element, Func<Element, bool> isRemoved)
    {
        var attached = FirstAttached(element);
        var first = element;
        while (!ReferenceEquals(first, attached) && !BlockMarks.StaysWith((TriviaElement)first.Previous!, isRemoved))
        {
            first = first.Previous!;
        }

        return first;
    }

    private static Element LastRemoved(Section section, Func<Element, bool> isRemoved)
    {
        var end = EndOf(section)!;
        for (var element = section.Last!.Next; element is TriviaElement { IsComment: true } comment; element = element.Next)
        {
            if (BlockMarks.StaysWith(comment, isRemoved))
            {
                return comment.Previous!;
            }

            if (ReferenceEquals(element, end))
            {
                break;
            }
        }

        return end;
    }

    private static bool IsIn(Section section, Element element)
    {
        for (var own = (Element?)section.Header; own is not null; own = ReferenceEquals(own, section.Last) ? null : own.Next)
        {
            if (ReferenceEquals(own, element))
            {
                return true;
            }
        }

        return false;
    }

    private void RemoveRange(Element first, Element last)
    {
        for (var element = first; ;)
        {
            var next = element.Next;
            document.Elements.Remove(element);
            if (ReferenceEquals(element, last))
            {
                return;
            }

            element = next!;
        }
    }

    private void RemoveBlanks(Element? element, bool forward)
    {
        while (IsBlank(element))
        {
            var further = forward ? element!.Next : element!.Previous;
            document.Elements.Remove(element);
            element = further;
        }
    }
}
