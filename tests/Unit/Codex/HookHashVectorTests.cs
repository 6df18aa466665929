using System.Text;
using System.Text.Json.Nodes;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Homes;

namespace Codexport.Tests.Codex;

public sealed class HookHashVectorTests
{
    public static TheoryData<int> Vectors => [.. Enumerable.Range(0, Read().Count)];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Hash_ForAVectorOfCodex_IsTheSame(int index)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The vectors were taken on Linux, where commandWindows replaces nothing.");
        var vector = Read()[index]!.AsObject();
        var name = (string)vector["event"]!;
        var group = vector["group"]!.DeepClone().AsObject();
        group["hooks"] = new JsonArray(vector["hook"]!.DeepClone());
        var file = new JsonObject { ["hooks"] = new JsonObject { [name] = new JsonArray(group) } };

        var handler = Assert.Single(HooksFile.Parse(Encoding.UTF8.GetBytes(file.ToJsonString()), "x").Handlers);

        Assert.Equal((string)vector["currentHash"]!, HookTrust.Hash(handler, PathStyle.Unix));
        Assert.StartsWith(HookTrust.SnakeCase(name) + ":", (string)vector["key_suffix"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mcp-tool-hook-hashes.json")]
    [InlineData("plugin-hook-hashes.json")]
    public void Hash_ForToolsOfMcpServersAndHooksOfPlugins_IsTheOneOfCodex(string vectors)
    {
        var data = JsonNode.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "data", vectors)))!;
        var handlers = HooksFile.Parse(Encoding.UTF8.GetBytes((string)data["file"]!), "x").Handlers;

        Assert.Equal(
            data["hashes"]!.AsObject().Select(hash => $"x:{hash.Key} {hash.Value}").Order(StringComparer.Ordinal),
            handlers.Select(handler => $"{HookTrust.StateKey("x", handler)} {HookTrust.Hash(handler, PathStyle.Unix)}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Hash_ForAToolAtTheEndOfASession_IsNone()
    {
        const string File = """{"hooks":{"SessionEnd":[{"hooks":[{"type":"mcp_tool","server":"s","tool":"t"}]}]}}""";
        Assert.Null(HookTrust.Hash(Assert.Single(HooksFile.Parse(Encoding.UTF8.GetBytes(File), "x").Handlers), PathStyle.Unix));
    }

    private static JsonArray Read() => JsonNode.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "data", "hook-hashes.json")))!["vectors"]!.AsArray();
}
