using System.Globalization;
using System.Text;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Shared;

/// <summary>Large TOML documents of several shapes, and edits all over one: tests look at the outcome, the benchmarks at the time.</summary>
internal static class LargeToml
{
    /// <summary>The shapes that <see cref="Make"/> knows.</summary>
    public static readonly string[] Shapes = ["mixed", "tables", "arrayOfTables", "oneArray", "oneInlineTable", "comments", "oneString", "dotted"];

    /// <summary>The kinds of edits that <see cref="EditAll"/> knows.</summary>
    public static readonly string[] Edits =
        ["set", "add", "addTable", "remove", "removeTable", "removeBackwards", "copy", "appendTable", "append", "mapStrings", "mapKeys"];

    /// <summary>Reads a document and prints it.</summary>
    public static (TomlDocument Document, byte[] Bytes) ParseAndPrint(byte[] bytes)
    {
        var document = TomlDocument.Parse(bytes);
        return (document, document.ToBytes());
    }

    /// <summary>Makes as many edits of one kind, each at another place of a document of the shape "mixed".</summary>
    public static (TomlDocument Document, byte[] Bytes) EditAll(string kind, string text, int count)
    {
        var document = TomlDocument.Parse(text);
        var donor = kind == "copy" ? TomlDocument.Parse(text.Replace("run", "walk", StringComparison.Ordinal)) : document;
        for (var i = 0; i < count; i++)
        {
            EditOne(kind, document, donor, i, count);
        }

        if (kind == "mapStrings")
        {
            document.MapStrings((_, value) => value + "x");
        }
        else if (kind == "mapKeys")
        {
            document.MapKeys((_, key) => key + "x");
        }

        return (document, document.ToBytes());
    }

    private static void EditOne(string kind, TomlDocument document, TomlDocument donor, int i, int count)
    {
        switch (kind)
        {
            case "set":
                document.Set(["servers", Name(i), "command"], "other");
                break;
            case "add":
                document.Set(["added" + Name(i)], i);
                break;
            case "addTable":
                document.Set(["servers", "added" + Name(i), "command"], i);
                break;
            case "remove":
                document.Remove(["servers", Name(i), "command"]);
                break;
            case "removeTable":
                document.Remove(["servers", Name(i)]);
                break;
            case "removeBackwards":
                document.Remove(["servers", Name(count - 1 - i)]);
                break;
            case "copy":
                document.CopyFrom(donor, ["servers", Name(i)]);
                break;
            case "appendTable":
                document.AppendTable(["list"]);
                break;
            case "append":
                document.Append(["servers", Name(0), "args"], "more");
                break;
        }
    }

    /// <summary>A document of so many pieces.</summary>
    public static string Make(string shape, int count)
    {
        var text = new StringBuilder(shape switch { "oneArray" => "a = [\n", "oneInlineTable" => "a = { z = 1", "oneString" => "a = \"\"\"\n", _ => "" });
        for (var i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Piece(shape, i)}");
        }

        return text.Append(shape switch { "oneArray" => "]", "oneInlineTable" => " }", "oneString" => "\"\"\"", _ => "" }).ToString();
    }

    private static string Piece(string shape, int i) => shape switch
    {
        "tables" => $"[{Name(i)}]\n",
        "arrayOfTables" => $"[[a]]\nb.c = {i}\n[a.d]\n",
        "oneArray" => $"  {i}, # item\n",
        "oneInlineTable" => $", {Name(i)} = {{ x = 'ü' }}",
        "comments" => "# a comment of some length, as people write them\n\n",
        "oneString" => "text \\\n  goes \\u00e9 on\n",
        "dotted" => $"{Name(i % 100)}.{Name(i)}.z = 1979-05-27T07:32:00Z\n",
        _ => $"\n# server {i}\n[servers.{Name(i)}]\ncommand = \"run\" # note\nargs = [ 'a', 'b' ]\nenv.PATH = \"/bin\"\n",
    };

    private static string Name(int i) => "n" + i.ToString(CultureInfo.InvariantCulture);
}
