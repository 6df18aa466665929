namespace Codexport.Engine.Toml.Syntax;

/// <summary>A member of a <see cref="Chain{T}"/>.</summary>
internal abstract class Link<T>
    where T : Link<T>
{
    internal T? Previous { get; set; }

    internal T? Next { get; set; }
}

/// <summary>A doubly linked list whose members are their own nodes: inserting and removing cost the same wherever it is.</summary>
internal sealed class Chain<T>
    where T : Link<T>
{
    internal T? First { get; private set; }

    internal T? Last { get; private set; }

    /// <summary>Inserts behind <paramref name="anchor"/>, or at the beginning where that is null.</summary>
    internal void InsertAfter(T? anchor, T item)
    {
        var next = anchor is null ? First : anchor.Next;
        item.Previous = anchor;
        item.Next = next;
        if (anchor is null)
        {
            First = item;
        }
        else
        {
            anchor.Next = item;
        }

        if (next is null)
        {
            Last = item;
        }
        else
        {
            next.Previous = item;
        }
    }

    internal void Remove(T item)
    {
        if (item.Previous is null)
        {
            First = item.Next;
        }
        else
        {
            item.Previous.Next = item.Next;
        }

        if (item.Next is null)
        {
            Last = item.Previous;
        }
        else
        {
            item.Next.Previous = item.Previous;
        }

        item.Previous = item.Next = null;
    }
}
