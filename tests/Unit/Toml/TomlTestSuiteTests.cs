using System.Text.Json.Nodes;
using Codexport.Engine.Errors;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Toml;

/// <summary>The official toml-test suite for TOML 1.1.0, the version that Codex reads: every file of its list.</summary>
public sealed class TomlTestSuiteTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "data", "toml-test");

    public static TheoryData<string> Valid => [.. Names("valid/")];

    public static TheoryData<string> Invalid => [.. Names("invalid/")];

    [Fact]
    public void List_HoldsTheWholeSuite()
    {
        Assert.Equal(220, Valid.Count);
        Assert.Equal(492, Invalid.Count);
    }

    [Theory]
    [MemberData(nameof(Valid))]
    public void Parse_WhenValid_DecodesToTheTaggedJsonAndPrintsTheSameBytes(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder, name));
        var document = TomlDocument.Parse(bytes, name);

        var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, Path.ChangeExtension(name, ".json"))));
        TaggedJson.AssertEqual(expected, document.Root, "");
        Assert.Equal(bytes, document.ToBytes());
        Assert.True(document.SemanticEquals(TomlDocument.Parse(document.ToString())));
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Parse_WhenInvalid_RefusesWithLineAndColumn(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Folder, name));

        Assert.False(TomlDocument.TryParse(bytes, name, out _, out var error));

        Assert.Equal(ErrorCode.TomlInvalid, error.Code);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        var details = error.Details.ToDictionary(pair => pair.Key, pair => int.Parse(pair.Value, null));
        Assert.InRange(details["line"], 1, bytes.Count(value => value == '\n') + 1);
        Assert.InRange(details["column"], 1, bytes.Length + 1);
    }

    private static IEnumerable<string> Names(string prefix)
        => File.ReadAllLines(Path.Combine(Folder, "files-toml-1.1.0"))
            .Where(line => line.StartsWith(prefix, StringComparison.Ordinal) && line.EndsWith(".toml", StringComparison.Ordinal));
}
