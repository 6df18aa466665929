using System.Collections;

namespace Codexport.Engine.Toml;

/// <summary>An array in either spelling: <c>[ … ]</c> or <c>[[headers]]</c>.</summary>
internal abstract class TomlList : TomlNode, IReadOnlyList<TomlNode>
{
    private protected TomlList(TomlForm form)
        : base(form)
    {
    }

    /// <inheritdoc/>
    public override TomlKind Kind => TomlKind.Array;

    /// <inheritdoc/>
    public abstract int Count { get; }

    /// <inheritdoc/>
    public abstract TomlNode this[int index] { get; }

    /// <inheritdoc/>
    public IEnumerator<TomlNode> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal int IndexOf(TomlNode node)
    {
        for (var i = 0; i < Count; i++)
        {
            if (ReferenceEquals(this[i], node))
            {
                return i;
            }
        }

        return -1;
    }

    private protected override bool ValueEquals(TomlNode other)
    {
        var list = (TomlList)other;
        if (list.Count != Count)
        {
            return false;
        }

        for (var i = 0; i < Count; i++)
        {
            if (!this[i].SemanticEquals(list[i]))
            {
                return false;
            }
        }

        return true;
    }
}
