using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Toml;

/// <summary>Large and deep input: time grows with size and no more, and depth has a stated end.</summary>
[Collection(nameof(TomlTimingTests))]
public sealed class TomlScaleTests
{
    private const long NoCollectionWithin = 200L << 20;

    private const double LargestRatio = 12;

    /// <summary>Ten times the edits on ten times the document: 100 if each edit walked the document, near 10 if none does. Between the two
    /// lies what larger data costs in cache misses.</summary>
    private const double LargestRatioOfEdits = 40;

    public static TheoryData<string> Shapes => ["mixed", "tables", "arrayOfTables", "oneArray", "oneInlineTable", "comments", "oneString", "dotted"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ParseAndPrint_WhenTenTimesLarger_TakesAtMostTwelveTimesAsLong(string shape)
    {
        var count = shape is "mixed" ? 400 : 2_000;
        var small = Encoding.UTF8.GetBytes(Make(shape, count));
        var large = Encoding.UTF8.GetBytes(Make(shape, count * 10));

        AssertRatio(LargestRatio, () => ParseAndPrint(small), () => ParseAndPrint(large));
    }

    [Fact]
    public void ParseAndPrint_WhenTwoMegabytesInsteadOfTwoHundredKilobytes_TakesAtMostTwelveTimesAsLong()
    {
        var small = Encoding.UTF8.GetBytes(Make("mixed", 2_300));
        var large = Encoding.UTF8.GetBytes(Make("mixed", 23_000));
        Assert.InRange(small.Length, 190_000, 220_000);

        AssertRatio(LargestRatio, () => ParseAndPrint(small), () => ParseAndPrint(large));
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
    public void Edits_WhenTenTimesAsManyOnTenTimesTheSize_AreNotQuadratic(string kind)
    {
        var small = Make("mixed", 500);
        var large = Make("mixed", 5_000);

        AssertRatio(LargestRatioOfEdits, () => EditAll(kind, small, 500), () => EditAll(kind, large, 5_000));
    }

    [Fact]
    public void ThousandEdits_OnTenThousandLines_AreQuick()
    {
        var document = TomlDocument.Parse(Make("mixed", 2_000));
        var before = Now();
        for (var i = 0; i < 250; i++)
        {
            document.Set(["servers", Name(i), "args"], new TomlArray(["a", i]));
            document.Set(["servers", Name(i), "new"], "x");
            document.Remove(["servers", Name(1999 - i)]);
            document.Set(["fresh", Name(i), "key"], i);
        }

        var elapsed = Now() - before;
        Assert.True(elapsed < TimeSpan.FromSeconds(1), $"{elapsed}");
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

    private static (TomlDocument Document, byte[] Bytes) ParseAndPrint(byte[] bytes)
    {
        var document = TomlDocument.Parse(bytes);
        return (document, document.ToBytes());
    }

    private static (TomlDocument Document, byte[] Bytes) EditAll(string kind, string text, int count)
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
    /// The best of several rounds, since disturbances only ever add time. The small one is run ten times with its results
    /// kept, so that both sides have as much memory to look after: otherwise the garbage collector's first run alone decides. Sizes are
    /// such that both fit into the processor's cache, whose end would show as a bend that is not the parser's.
    /// </summary>
    private static void AssertRatio(double limit, Func<object> small, Func<object> large)
    {
        var bestSmall = TimeSpan.MaxValue;
        var bestLarge = TimeSpan.MaxValue;
        for (var round = 0; round < 60; round++)
        {
            bestSmall = Min(bestSmall, Time(small, 10) / 10);
            bestLarge = Min(bestLarge, Time(large, 1));
            if (round >= 2 && bestLarge <= bestSmall * limit)
            {
                return;
            }
        }

        Assert.Fail($"{bestLarge.TotalMilliseconds:F2} ms is {bestLarge / bestSmall:F1} times {bestSmall.TotalMilliseconds:F2} ms.");
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Time(Func<object> act, int runs)
    {
        var kept = new object[runs];
        GC.Collect();

        // A collection looks through what all other tests left behind, which is none of the parser's time.
        _ = GC.TryStartNoGCRegion(NoCollectionWithin);
        try
        {
            var before = Now();
            for (var i = 0; i < runs; i++)
            {
                kept[i] = act();
            }

            return Now() - before;
        }
        finally
        {
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            {
                GC.EndNoGCRegion();
            }

            GC.KeepAlive(kept);
        }
    }

    /// <summary>The process's own time where the system counts it finely: a busy machine does not add to that.</summary>
    private static TimeSpan Now() => OperatingSystem.IsWindows() ? Stopwatch.GetElapsedTime(0) : Environment.CpuUsage.TotalTime;
}
