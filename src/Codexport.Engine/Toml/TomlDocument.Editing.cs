using Codexport.Engine.Errors;
using Codexport.Engine.Toml.Editing;
using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml;

/// <content>Edits. Each leaves the tree and the text in step, and every byte that it is not about as it was.</content>
internal sealed partial class TomlDocument
{
    /// <summary>
    /// Sets a value. One that is there is replaced where it stands, and the rest of its line stays; otherwise it goes where it fits:
    /// into its table's lines, braces or dotted keys, or under a new header. Tables given as values are written inline.
    /// </summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.TomlInvalid"/>: something that is not a table is in the way.</exception>
    public void Set(TomlPath path, TomlNode value)
    {
        ArgumentNullException.ThrowIfNull(value);
        RequireKeyOrItem(path);
        var copy = value.CloneValue();
        RequireRoom(path, copy);
        var existing = Find(path);
        if (existing?.Slot is { } slot)
        {
            ReplaceValue(slot, copy);
            return;
        }

        RequireLastKey(path);
        if (existing is not null)
        {
            new Remover(this).Remove(existing);
        }

        var (table, missing) = Resolver.Resolve(this, path);
        new Inserter(this).Insert(table, missing, copy);
    }

    /// <summary>
    /// Removes a key with its line and the comments right above it, or a table with all its headers and what is under them, or an item
    /// of an array. A table that was there only through what it held goes with the last of it. False where nothing is there.
    /// </summary>
    public bool Remove(TomlPath path)
    {
        RequireKeyOrItem(path);
        if (Find(path) is not { } node)
        {
            return false;
        }

        new Remover(this).Remove(node);
        return true;
    }

    /// <summary>Makes sure that a table is there: with a new header at the end of its parent's, or inline where the parent is.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.TomlInvalid"/>: something that is not a table is in the way.</exception>
    public TomlTable AddTable(TomlPath path)
    {
        RequireLastKey(path);
        if (Find(path) is { } existing)
        {
            return existing as TomlTable ?? throw Resolver.InTheWay(this, existing, path, path.Count - 1);
        }

        RequireRoom(path, null);
        var (table, missing) = Resolver.Resolve(this, path);
        var inserter = new Inserter(this);
        return TreeWalk.HostOf(table).Inline is null
            ? inserter.OpenTable(table, missing, isArray: false)
            : (TomlTable)inserter.Insert(table, missing, new TomlTable([])).Value;
    }

    /// <summary>Appends a value to the array at <paramref name="path"/>, in either spelling; makes the array where there is none.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.TomlInvalid"/>: something else is there.</exception>
    public void Append(TomlPath path, TomlNode value)
    {
        ArgumentNullException.ThrowIfNull(value);
        RequireKeyOrItem(path);
        switch (Find(path))
        {
            case null:
                Set(path, new TomlArray([value]));
                break;
            case TomlArray array:
                var copy = value.CloneValue();
                RequireRoom(path.Append(array.Count), copy);
                ArrayEditor.Append(array, copy, NewLine);
                break;
            case TomlArrayOfTables when value is TomlTable table:
                var added = AppendTable(path);
                foreach (var (key, member) in table)
                {
                    new Inserter(this).Insert(added, [key], member.CloneValue());
                }

                break;
            case var other:
                throw Resolver.InTheWay(this, other, path, path.Count - 1);
        }
    }

    /// <summary>Appends an empty table to the array of tables at <paramref name="path"/>; makes the array where there is none.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.TomlInvalid"/>: something else is there.</exception>
    public TomlTable AppendTable(TomlPath path)
    {
        RequireLastKey(path);
        RequireRoom(path, null);
        var existing = Find(path);
        if (existing is not null and not TomlList)
        {
            throw Resolver.InTheWay(this, existing, path, path.Count - 1);
        }

        var (table, missing) = existing is null ? Resolver.Resolve(this, path) : ((TomlTable)existing.Parent!, [existing.Key!]);
        if (existing is TomlArray || TreeWalk.HostOf(table).Inline is not null)
        {
            Append(path, new TomlTable([]));
            var array = (TomlArray)Find(path)!;
            return (TomlTable)array[^1];
        }

        return new Inserter(this).OpenTable(table, missing, isArray: true);
    }

    /// <summary>
    /// Makes what stands at <paramref name="path"/> here the same as in another document, with its comments and spelling there. What
    /// is here already is replaced in place. False, and nothing done, where the other document has nothing at that path.
    /// </summary>
    /// <param name="other">The document to copy from; it is not changed.</param>
    /// <param name="path">A path that ends in a key.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.TomlInvalid"/>: something that is not a table is in the way.</exception>
    public bool CopyFrom(TomlDocument other, TomlPath path)
    {
        ArgumentNullException.ThrowIfNull(other);
        RequireLastKey(path);
        if (other.Find(path) is not { } source)
        {
            return false;
        }

        RequireRoom(path, source);
        new Copier(this).Copy(source, path);
        return true;
    }

    /// <summary>
    /// Appends one item of another document's array to the array at the same path here, with its comments and spelling where both are
    /// arrays of tables. False, and nothing done, where the other document has no such item.
    /// </summary>
    /// <param name="other">The document to copy from; it is not changed.</param>
    /// <param name="path">The array's path, which ends in a key.</param>
    /// <param name="index">The item, from 0.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.TomlInvalid"/>: something else is there.</exception>
    public bool AppendFrom(TomlDocument other, TomlPath path, int index)
    {
        ArgumentNullException.ThrowIfNull(other);
        RequireLastKey(path);
        if (other.Find(path.Append(index)) is not { } source)
        {
            return false;
        }

        RequireRoom(path.Append(index), source);
        var parentIsInline = Find(path) is null && TreeWalk.HostOf(Resolver.Resolve(this, path).Table).Inline is not null;
        if (!parentIsInline && source is TomlTable { Form: TomlForm.Element } table && Find(path) is null or TomlArrayOfTables)
        {
            new Copier(this).AppendElement(table, path);
        }
        else
        {
            Append(path, source);
        }

        return true;
    }

    /// <summary>
    /// Rewrites string values wherever they stand, arrays and inline tables included; all other bytes stay. The kind of quotes stays
    /// where it can hold the new text.
    /// </summary>
    /// <param name="map">Given the path and the text, returns the new text, or null to leave it.</param>
    /// <returns>How many strings changed.</returns>
    public int MapStrings(Func<TomlPath, string, string?> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new Mapper(this).MapStrings(map);
    }

    /// <summary>Rewrites keys wherever they stand: in headers, dotted keys and inline tables; all other bytes stay.</summary>
    /// <param name="map">Given the path of a member and its key, returns the new key, or null to leave it. Paths have the old keys.</param>
    /// <returns>How many keys changed; a key that is spelled in several places counts once.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.TomlInvalid"/>: two keys of one table would become the same.</exception>
    public int MapKeys(Func<TomlPath, string, string?> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return new Mapper(this).MapKeys(map);
    }

    /// <summary>Puts another value where one stands.</summary>
    internal static void ReplaceValue(IValueSlot slot, TomlNode value)
    {
        var old = slot.Value;
        slot.Value = value;
        value.Slot = slot;
        if (old.Parent is TomlTable table)
        {
            table.Replace(old, value);
        }
        else
        {
            ((TomlArray)old.Parent!).Adopt((ArrayItem)slot);
        }

        old.Parent = null;
        old.Slot = null;
    }

    /// <summary>Refuses an edit after which the text would be nested deeper than reading allows.</summary>
    private void RequireRoom(TomlPath path, TomlNode? value)
    {
        var height = value is null ? default : TreeWalk.HeightOf(value);
        var isNewKey = path.LastKey is not null && Find(path)?.Slot is null;
        var place = path.Parent!;
        while (Find(place) is null)
        {
            place = place.Parent!;
        }

        if ((isNewKey && path.Count(segment => segment.Key is not null) + height.Keys > MaxKeyParts)
            || TreeWalk.NestingIn(Find(place)) + height.Nesting > MaxNesting || path.Count + 1 + height.Total > MaxDepth)
        {
            throw TomlError.CannotEdit(
                Path, TomlLocation.None, $"keys may have {MaxKeyParts} parts, and arrays and inline tables be nested {MaxNesting} deep, at most");
        }
    }

    private static void RequireKeyOrItem(TomlPath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Count == 0)
        {
            throw new ArgumentException("The root table itself cannot be edited.", nameof(path));
        }
    }

    private static void RequireLastKey(TomlPath path)
    {
        RequireKeyOrItem(path);
        if (path.LastKey is null)
        {
            throw new ArgumentException("The path must end in a key.", nameof(path));
        }
    }
}
