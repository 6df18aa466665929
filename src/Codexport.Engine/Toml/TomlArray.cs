using System.Text;
using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml;

/// <summary>An array written in brackets.</summary>
internal sealed class TomlArray : TomlList
{
    internal TomlArray()
        : base(TomlForm.Value)
    {
    }

    /// <summary>A new array on one line that belongs to no document yet; the values are copied.</summary>
    public TomlArray(IEnumerable<TomlNode> values)
        : this()
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var value in values)
        {
            if (Items.Count > 0)
            {
                Items[^1].HasComma = true;
            }

            Add(new ArrayItem(value.CloneValue()) { Leading = (Items.Count == 0 ? "" : " ").AsMemory() });
        }
    }

    /// <inheritdoc/>
    public override int Count => Items.Count;

    /// <summary>The items with the text around them.</summary>
    internal List<ArrayItem> Items { get; } = [];

    /// <summary>What stands before the closing bracket.</summary>
    internal ReadOnlyMemory<char> End { get; set; }

    /// <inheritdoc/>
    public override TomlNode this[int index] => Items[index].Value;

    internal void Add(ArrayItem item)
    {
        Items.Add(item);
        Adopt(item);
    }

    internal void Adopt(ArrayItem item)
    {
        item.Value.Parent = this;
        item.Value.Key = null;
        item.Value.Slot = item;
    }

    internal override void Write(StringBuilder text)
    {
        text.Append('[');
        foreach (var item in Items)
        {
            item.Write(text);
        }

        text.Append(End).Append(']');
    }

    internal override TomlNode CloneValue()
    {
        var copy = new TomlArray { End = End };
        foreach (var item in Items)
        {
            copy.Add(item.Clone());
        }

        return copy;
    }
}
