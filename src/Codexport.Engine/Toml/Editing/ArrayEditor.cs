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
            array.End = Separators.AddFirst(item, array.End, newLine);
        }
        else
        {
            var last = array.Items[^1];
            var plain = array.Items.Count == 1 ? " ".AsMemory() : last.Leading;
            Separators.AddBehind(item, last, plain, newLine);
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
            Separators.RemoveBefore(item, array.Items[index]);
        }
        else
        {
            array.End = Separators.RemoveLast(item, index == 0 ? null : array.Items[^1], array.End, newLine);
        }
    }
}
