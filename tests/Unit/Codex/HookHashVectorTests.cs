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

    private static JsonArray Read() => JsonNode.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "data", "hook-hashes.json")))!["vectors"]!.AsArray();
}
