using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Toml;
using Codexport.Tests.Shared;

namespace Codexport.Tests.Toml;

/// <summary>Large and deep input: size does not matter to the outcome, and depth has a stated end. What it takes, 'bench compare toml' tells.</summary>
public sealed class TomlScaleTests
{
    public static TheoryData<string> Shapes => [.. LargeToml.Shapes];

    public static TheoryData<string> Edits => [.. LargeToml.Edits];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ParseAndPrint_OfALargeDocument_GivesItsBytes(string shape)
    {
        var bytes = Encoding.UTF8.GetBytes(LargeToml.Make(shape, 20_000));
        Assert.Equal(bytes, LargeToml.ParseAndPrint(bytes).Bytes);
    }

    [Theory]
    [MemberData(nameof(Edits))]
    public void Edits_AllOverALargeDocument_LeaveWhatTheyMean(string kind)
    {
        var text = LargeToml.Make("mixed", 5_000);
        var (document, bytes) = LargeToml.EditAll(kind, text, 5_000);
        Assert.NotEqual(text, Encoding.UTF8.GetString(bytes));
        Assert.True(document.SemanticEquals(TomlDocument.Parse(bytes)));
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
}
