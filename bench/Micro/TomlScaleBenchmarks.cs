using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Codexport.Engine.Toml;

namespace Codexport.Benchmarks.Micro;

/// <summary>
/// Time by size: ten times the size should take ten times as long, and ten times the edits on it as well. 100 times would mean that each
/// step walks the whole document.
/// </summary>
[MemoryDiagnoser]
public class TomlScaleBenchmarks
{
    private byte[] _bytes = [];
    private string _mixed = string.Empty;
    private TomlDocument _donor = null!;

    [Params(400, 4000)]
    public int Count { get; set; }

    [Params("mixed", "tables", "arrayOfTables", "oneArray", "oneInlineTable", "comments", "oneString", "dotted")]
    public string Shape { get; set; } = "mixed";

    [GlobalSetup]
    public void Setup()
    {
        _bytes = Encoding.UTF8.GetBytes(Make(Shape, Count));
        _mixed = Make("mixed", Count);
        _donor = TomlDocument.Parse(_mixed.Replace("run", "walk", StringComparison.Ordinal));
    }

    [Benchmark]
    public byte[] ParseAndPrint() => TomlDocument.Parse(_bytes).ToBytes();

    [Benchmark]
    public byte[] ThousandsOfEdits()
    {
        var document = TomlDocument.Parse(_mixed);
        for (var i = 0; i < Count / 2; i++)
        {
            document.Set(["servers", Name(i), "command"], "other");
            document.Set(["servers", "added" + Name(i), "command"], i);
            document.CopyFrom(_donor, ["servers", Name(i)]);
            document.AppendTable(["list"]);
            document.Append(["servers", Name(0), "args"], "more");
            document.Remove(["servers", Name(Count - 1 - i)]);
        }

        document.MapStrings((_, value) => value + "x");
        document.MapKeys((_, key) => key + "x");
        return document.ToBytes();
    }

    private static string Make(string shape, int count)
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
