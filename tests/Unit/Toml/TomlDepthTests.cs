using Codexport.Engine.Errors;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Toml;

/// <summary>Deep input has a stated end: that of Codex for brackets and keys, and one of our own for both together.</summary>
public sealed class TomlDepthTests
{
    /// <summary>The smallest stack that a thread of .NET has by itself on any of our systems, and less.</summary>
    private const int SmallStack = 1024 * 1024;

    public static TheoryData<string, string, string> Nests => new()
    {
        { "k = ", "[", "]" },
        { "k = ", "{a=", "}" },
        { "k = ", "[{a.b=", "}]" },
        { "", "a.", "" },
        { "[", "a.", "b]" },
        { "[[", "a.", "b]]" },
    };

    [Theory]
    [MemberData(nameof(Nests))]
    public void Parse_WhenNestedTooDeep_RefusesWithThePlace(string before, string open, string close)
    {
        var levels = open.Count(c => c is '[' or '{' or '.');
        levels -= open.Contains("a.b", StringComparison.Ordinal) ? 1 : 0;
        var isKey = open == "a.";
        var fits = isKey ? 79 : 80 / levels;
        string Nest(int count)
            => before + string.Concat(Enumerable.Repeat(open, count)) + (close.StartsWith('b') ? close : isKey ? "b = 1"
                : (open[^1] == '=' ? "1" : "") + string.Concat(Enumerable.Repeat(close, count)));

        var document = TomlDocument.Parse(Nest(fits));
        Assert.Equal(Nest(fits), document.ToString());

        foreach (var count in new[] { fits + 1, 200_000 })
        {
            var error = Assert.Throws<CodexportException>(() => TomlDocument.Parse(Nest(count)));
            Assert.Equal(ErrorCode.TomlInvalid, error.Code);
            Assert.Contains("80", error.Message, StringComparison.Ordinal);
            Assert.Equal("1", error.Details[0].Value);
            Assert.Equal(isKey ? before.Length + 1 : before.Length + (open.Length * fits) + 1, int.Parse(error.Details[1].Value, null));
        }
    }

    [Fact]
    public void Parse_WhenKeysAndBracketsTogetherAreTooDeep_Refuses()
    {
        static string Nest(int count) => $"k.k = {string.Concat(Enumerable.Repeat("{a.b.c.d.e.f.g.h.i.j=", count))}1{new string('}', count)}";
        Assert.Equal(Nest(51), TomlDocument.Parse(Nest(51)).ToString());
        var error = Assert.Throws<CodexportException>(() => TomlDocument.Parse(Nest(52)));
        Assert.Contains("512", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EveryOperation_AtTheGreatestDepth_FitsOnASmallStack()
    {
        var key = string.Join('.', Enumerable.Repeat("a", 70));
        var text = $"[{key}]\n{key}.s = {string.Concat(Enumerable.Repeat("{a.b.c.d=", 70))}['x', [1]]{new string('}', 70)}\n[{key}.{key.Replace('a', 'b')[..19]}]\n";
        Exception? thrown = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    UseEverything(text, key);
                }
                catch (Exception exception)
                {
                    thrown = exception;
                }
            },
            SmallStack);
        thread.Start();
        thread.Join();
        Assert.Null(thrown);
    }

    [Fact]
    public void Edits_WhenTooDeep_AreRefusedAndLeaveTheDocument()
    {
        var document = TomlDocument.Parse("a = 1\nb = " + new string('[', 79) + new string(']', 79) + "\n");
        var before = document.ToString();
        var deep = new TomlArray([]);
        for (var i = 0; i < 79; i++)
        {
            deep = new TomlArray([deep]);
        }

        Assert.Throws<CodexportException>(() => document.Set(TomlPath.FromKeys(Enumerable.Repeat("c", 81)), 1));
        Assert.Throws<CodexportException>(() => document.AddTable(TomlPath.FromKeys(Enumerable.Repeat("c", 81))));
        Assert.Throws<CodexportException>(() => document.AppendTable(TomlPath.FromKeys(Enumerable.Repeat("c", 81))));
        Assert.Throws<CodexportException>(() => document.Set(["b", 0], deep));
        Assert.Throws<CodexportException>(() => document.Append(["b"], deep));
        Assert.Equal(before, document.ToString());

        document.Set(["a"], deep);
        document.Set(TomlPath.FromKeys(Enumerable.Repeat("c", 80)), 1);
        Assert.True(document.SemanticEquals(TomlDocument.Parse(document.ToString())));
    }

    private static void UseEverything(string text, string key)
    {
        var document = TomlDocument.Parse(text);
        Assert.Equal(2, document.MapStrings((_, value) => value + "!") + document.MapKeys((_, name) => name == "s" ? "t" : null));
        Assert.True(document.SemanticEquals(TomlDocument.Parse(document.ToBytes())));
        var other = TomlDocument.Parse("z = 1\n");
        Assert.True(other.CopyFrom(document, ["a"]));
        Assert.True(other.SemanticEquals(TomlDocument.Parse(other.ToString())));
        Assert.True(document.Remove([.. TomlPath.Parse($"{key}.{key}"), "t"]));
        Assert.True(document.Remove(["a"]));
        Assert.Equal("", document.ToString());
    }
}
