using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml.Parsing;

/// <summary>
/// Puts headers and key-value pairs into the tree by TOML's rules: who may define, extend or reopen what. Parsing and editing both
/// go through here, so an edit cannot make what parsing would refuse.
/// <list type="bullet">
/// <item>A key is defined once. An inline table or array is complete where it is written.</item>
/// <item>A header defines a table once; one that exists only because of a deeper header may still get its own.</item>
/// <item>Headers may add tables below dotted ones; dotted keys may not reach into tables that headers made, named or on their way.</item>
/// <item>A header that leads through an array of tables means the array's last table so far.</item>
/// </list>
/// </summary>
internal static class TreeBuilder
{
    private const string NotTable = "the header leads through something that is not a table or cannot be extended";

    /// <summary>Enters a header.</summary>
    /// <param name="from">The table that the first part counts from.</param>
    /// <param name="parts">The header's key below that table.</param>
    /// <param name="isArray">Whether it has two brackets.</param>
    /// <param name="location">Where it stands.</param>
    /// <param name="path">The file, for errors.</param>
    internal static TomlTable OpenTable(
        TomlTable from, IReadOnlyList<KeyPart> parts, bool isArray, TomlLocation location, string? path)
    {
        var table = from;
        for (var i = 0; i < parts.Count - 1; i++)
        {
            table = Descend(table, parts[i], path);
        }

        var last = parts[^1];
        return isArray ? AddElement(table, last, location, path) : DefineTable(table, last, location, path);
    }

    private static TomlTable Descend(TomlTable table, KeyPart part, string? path)
    {
        switch (table[part.Value])
        {
            case null:
                var created = new TomlTable(TomlForm.Implicit) { Location = part.Location };
                table.Add(part.Value, created);
                return created;
            case TomlTable { Form: not TomlForm.Inline } found:
                return found;
            case TomlArrayOfTables array:
                return array.Tables[^1];
            default:
                throw TomlError.At(path, part.Location, NotTable);
        }
    }

    private static TomlTable DefineTable(TomlTable parent, KeyPart last, TomlLocation location, string? path)
    {
        switch (parent[last.Value])
        {
            case null:
                var created = new TomlTable(TomlForm.Header) { Location = location };
                parent.Add(last.Value, created);
                return created;
            case TomlTable { Form: TomlForm.Implicit } found:
                found.Form = TomlForm.Header;
                found.Location = location;
                return found;
            case var found:
                throw TomlError.At(path, location, $"the header's key is already defined on line {found.Location.Line}");
        }
    }

    private static TomlTable AddElement(TomlTable parent, KeyPart last, TomlLocation location, string? path)
    {
        var array = parent[last.Value] switch
        {
            null => new TomlArrayOfTables { Location = location },
            TomlArrayOfTables found => found,
            var found => throw TomlError.At(
                path, location, $"the header's key is already defined on line {found.Location.Line}, and not as an array of tables"),
        };
        if (array.Parent is null)
        {
            parent.Add(last.Value, array);
        }

        var element = new TomlTable(TomlForm.Element) { Location = location, Parent = array };
        array.Tables.Add(element);
        return element;
    }

    /// <summary>Enters a key and value.</summary>
    /// <param name="table">The table that the key counts from.</param>
    /// <param name="pair">The key and value.</param>
    /// <param name="skip">How many parts of the key lead to <paramref name="table"/> already.</param>
    /// <param name="path">The file, for errors.</param>
    internal static void AddKeyValue(TomlTable table, IKeyValue pair, int skip = 0, string? path = null)
    {
        var parts = pair.Key.Parts;
        for (var i = skip; i < parts.Count - 1; i++)
        {
            table = DescendDotted(table, parts[i], path);
        }

        var last = parts[^1];
        if (table[last.Value] is { } found)
        {
            throw TomlError.At(path, last.Location, $"the key is already defined on line {found.Location.Line}");
        }

        table.Add(last.Value, pair.Value);
        pair.Value.Slot = pair;
        for (var way = table; way.Form == TomlForm.Dotted; way = (TomlTable)way.Parent!)
        {
            way.DottedKeys++;
        }
    }

    private static TomlTable DescendDotted(TomlTable table, KeyPart part, string? path)
    {
        switch (table[part.Value])
        {
            case null:
                var created = new TomlTable(TomlForm.Dotted) { Location = part.Location };
                table.Add(part.Value, created);
                return created;
            case TomlTable { Form: TomlForm.Dotted } found:
                return found;
            case var found:
                throw TomlError.At(path, part.Location, $"the dotted key leads through what line {found.Location.Line} defines otherwise");
        }
    }
}
