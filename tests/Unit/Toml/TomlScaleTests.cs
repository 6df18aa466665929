using System.Diagnostics;
using System.Globalization;
using System.Text;
using Codexport.Engine;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Toml;

/// <summary>Large and deep input: time grows with size and no more, and depth has a stated end.</summary>
public sealed class TomlScaleTests
{
    private const double LargestRatio = 12;

    public static TheoryData<string> Shapes => ["mixed", "tables", "arrayOfTables", "oneArray", "oneInlineTable", "comments", "oneString", "dotted"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ParseAndPrint_WhenTenTimesLarger_TakesAtMostTwelveTimesAsLong(string shape)
    {
        var small = Encoding.UTF8.GetBytes(Make(shape, 2_000));
        var large = Encoding.UTF8.GetBytes(Make(shape, 20_000));

        AssertLinear(() => TomlDocument.Parse(small).ToBytes(), () => TomlDocument.Parse(large).ToBytes());
    }

    [Theory]
    [InlineData("set")]
    [InlineData("add")]
    [InlineData("addTable")]
    [InlineData("remove")]
    [InlineData("removeTable")]
    [InlineData("removeBackwards")]
    [InlineData("copy")]
    [InlineData("appendTable")]
    [InlineData("append")]
    [InlineData("mapStrings")]
    [InlineData("mapKeys")]
    public void Edits_WhenTenTimesAsManyOnTenTimesTheSize_TakeAtMostTwelveTimesAsLong(string kind)
    {
        var small = Make("mixed", 1_000);
        var large = Make("mixed", 10_000);

        AssertLinear(() => EditAll(kind, small, 1_000), () => EditAll(kind, large, 10_000));
    }

    [Fact]
    public void ThousandEdits_OnTenThousandLines_AreQuick()
    {
        var document = TomlDocument.Parse(Make("mixed", 2_000));
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 250; i++)
        {
            document.Set(["servers", Name(i), "args"], new TomlArray(["a", i]));
            document.Set(["servers", Name(i), "new"], "x");
            document.Remove(["servers", Name(1999 - i)]);
            document.Set(["fresh", Name(i), "key"], i);
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"{watch.Elapsed}");
        Assert.True(document.SemanticEquals(TomlDocument.Parse(document.ToString())));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a=", "}")]
    [InlineData("[{a.b=", "}]")]
    [InlineData("a.", "")]
    public void Parse_WhenNestedTooDeep_RefusesInsteadOfOverflowing(string open, string close)
    {
        var isKey = close.Length == 0;
        string Nest(int count) => isKey
            ? string.Concat(Enumerable.Repeat(open, count)) + "z = 1"
            : "k = " + string.Concat(Enumerable.Repeat(open, count)) + (open[^1] == '=' ? "1" : "") + string.Concat(Enumerable.Repeat(close, count));
        var levels = open.Count(c => c is '[' or '=' or '.');
        var fits = (TomlDocument.MaxDepth - 1) / levels;

        var document = TomlDocument.Parse(Nest(fits));
        Assert.True(document.SemanticEquals(TomlDocument.Parse(Nest(fits))));

        foreach (var count in new[] { fits + 1, 1_000_000 })
        {
            var error = Assert.Throws<CodexportException>(() => TomlDocument.Parse(Nest(count)));
            Assert.Equal(ErrorCode.TomlInvalid, error.Code);
            Assert.Contains("128", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Parse_WhenHeaderIsTooDeep_Refuses()
    {
        var error = Assert.Throws<CodexportException>(() => TomlDocument.Parse($"[{string.Join('.', Enumerable.Repeat("a", 129))}]"));
        Assert.Contains("128", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Set_WhenTooDeep_RefusesAndLeavesTheDocument()
    {
        var document = TomlDocument.Parse("a = 1\n");
        Assert.Throws<CodexportException>(() => document.Set(TomlPath.FromKeys(Enumerable.Repeat("b", 129)), 1));
        Assert.Throws<CodexportException>(() => document.Set(TomlPath.FromKeys(Enumerable.Repeat("b", 127)), new TomlArray([new TomlArray([])])));
        Assert.Equal("a = 1\n", document.ToString());
    }

    private static byte[] EditAll(string kind, string text, int count)
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

        return document.ToBytes();
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

    /// <summary>
    /// The best of several runs on each side, taken in turns, since other work on the machine only ever adds time; a noisy machine gets
    /// further tries.
    /// </summary>
    private static void AssertLinear(Func<byte[]> small, Func<byte[]> large)
    {
        var bestSmall = TimeSpan.MaxValue;
        var bestLarge = TimeSpan.MaxValue;
        for (var round = 0; round < 12; round++)
        {
            // The collector's debt of one run must not be another's.
            GC.Collect();
            for (var i = 0; i < 5; i++)
            {
                bestSmall = Min(bestSmall, Time(small));
            }

            GC.Collect();
            bestLarge = Min(bestLarge, Time(large));
            if (round >= 3 && bestLarge <= bestSmall * LargestRatio)
            {
                return;
            }
        }

        Assert.Fail($"{bestLarge.TotalMilliseconds:F2} ms is {bestLarge / bestSmall:F1} times {bestSmall.TotalMilliseconds:F2} ms.");
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Time(Func<byte[]> act)
    {
        var watch = Stopwatch.StartNew();
        GC.KeepAlive(act());
        return watch.Elapsed;
    }
}
