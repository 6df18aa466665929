using System.Text;
using System.Text.Json;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Codex;

public sealed class HookTests
{
    private const string Sample = """
        {"x": 1, "hooks": {
          "SessionStart": [
            {"matcher": "startup", "note": "command", "hooks": [
              {"type": "command", "command": "/home/ann/a.sh", "commandWindows": "C:\\a.cmd", "extra": {"command": "/home/ann/z"}},
              {"type": "command", "command": "echo ü"}]},
            {"hooks": [{"type": "command", "command": "\/home\/ann\/b"}]}]}}
        """;

    [Fact]
    public void Hash_EqualsCodexOwn_ForEveryMeasuredVector()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository(), "tests", "data", "hook-hashes.json")));
        var count = 0;
        foreach (var vector in vectors.RootElement.GetProperty("vectors").EnumerateArray())
        {
            var group = "{" + Inner(vector.GetProperty("group")) + "\"hooks\":[" + vector.GetProperty("hook").GetRawText() + "]}";
            var json = "{\"hooks\":{\"" + vector.GetProperty("event").GetString() + "\":[" + group + "]}}";
            var handler = Assert.Single(HooksFile.Parse(Encoding.UTF8.GetBytes(json), "hooks.json").Handlers);
            Assert.Equal(vector.GetProperty("currentHash").GetString(), HookTrust.Hash(handler, PathStyle.Unix));
            Assert.StartsWith(HookTrust.SnakeCase(handler.Event) + ":", vector.GetProperty("key_suffix").GetString()!, StringComparison.Ordinal);
            count++;
        }

        Assert.Equal(11, count);

        static string Inner(JsonElement json) => json.GetRawText().Trim()[1..^1].Trim() is { Length: > 0 } text ? text + "," : string.Empty;
    }

    [Fact]
    public void Hash_OnWindows_IsOverTheWindowsCommand()
    {
        var handler = new HookHandler("Stop", 0, 0, null) { Command = "a", CommandWindows = "b" };
        Assert.Equal(HookTrust.Hash(handler with { Command = "b", CommandWindows = null }, PathStyle.Unix), HookTrust.Hash(handler, PathStyle.Windows));
        Assert.Null(HookTrust.Hash(handler with { Type = "prompt" }, PathStyle.Unix));
    }

    [Theory]
    [InlineData("""{"matcher":3,"hooks":[{"type":"command","command":"a"}]}""")]
    [InlineData("""{"hooks":[{"type":"command","command":"a","timeout":"x"}]}""")]
    [InlineData("""{"hooks":[{"type":"command","command":"a","statusMessage":[]}]}""")]
    public void Hash_OfWhatCodexDoesNotAccept_IsNone(string group)
    {
        var handler = Assert.Single(HooksFile.Parse(Encoding.UTF8.GetBytes($"{{\"hooks\":{{\"Stop\":[{group}]}}}}"), "hooks.json").Handlers);
        Assert.False(handler.IsReadable);
        Assert.Null(HookTrust.Hash(handler, PathStyle.Unix));
    }

    [Fact]
    public void RewriteCommands_LeavesAloneWhatIsNoHook()
    {
        const string Odd = """{"hooks":{"SessionStart":[3,["m",[{"command":"a"}]],{"\ud800":"a","hooks":["a",{"command":["a"]},{"command":"a"}]}],"Zap":{"command":"a"}},"\udc00x":1}""";
        var rewritten = HooksFile.Parse(Encoding.UTF8.GetBytes(Odd), "hooks.json").RewriteCommands((text, _) => text + "!");
        Assert.Equal(Odd.Replace("""{"command":"a"}]}]""", """{"command":"a!"}]}]""", StringComparison.Ordinal), Encoding.UTF8.GetString(rewritten));
    }

    [Fact]
    public void Parse_EnumeratesHandlersWithTheirPlaces()
    {
        var handlers = HooksFile.Parse(Encoding.UTF8.GetBytes(Sample), "hooks.json").Handlers;
        Assert.Equal(
            ["/c/hooks.json:session_start:0:0", "/c/hooks.json:session_start:0:1", "/c/hooks.json:session_start:1:0"],
            handlers.Select(handler => HookTrust.StateKey("/c/hooks.json", handler)));
        Assert.Equal(["startup", "startup", null], handlers.Select(handler => handler.Matcher));
        Assert.Equal(@"C:\a.cmd", handlers[0].CommandWindows);
    }

    [Fact]
    public void RewriteCommands_ChangesCommandsOfHandlersAlone()
    {
        var seen = new List<string>();
        var bytes = HooksFile.Parse(Encoding.UTF8.GetBytes(Sample), "hooks.json").RewriteCommands((text, key) =>
        {
            seen.Add(key);
            return text.Replace("/home/ann", "${home}", StringComparison.Ordinal);
        });
        var expected = Sample.Replace("\"/home/ann/a.sh\"", "\"${home}/a.sh\"", StringComparison.Ordinal)
            .Replace("\"\\/home\\/ann\\/b\"", "\"${home}/b\"", StringComparison.Ordinal);
        Assert.Equal(expected, Encoding.UTF8.GetString(bytes));
        Assert.Equal("hooks.SessionStart[0].hooks[0].command", seen[0]);
        Assert.Equal("hooks.SessionStart[1].hooks[0].command", seen[^1]);
        Assert.Equal(4, seen.Count);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"SessionStart\":[]}")]
    [InlineData("{\"hooks\":[]}")]
    [InlineData("{\"hooks\":{\"Stop\":{}}}")]
    [InlineData("{\"hooks\":{\"Stop\":[1,{\"hooks\":3}]}}")]
    public void Parse_WhenThereIsNoHandler_FindsNone(string json)
        => Assert.Empty(HooksFile.Parse(Encoding.UTF8.GetBytes(json), "hooks.json").Handlers);

    [Theory]
    [InlineData("{\n  oops")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("{\"hooks\":{},\"hooks\":{}}")]
    [InlineData("{\"hooks\":{\"Stop\":[],\"Stop\":[]}}")]
    public void Parse_WhenFileIsBroken_Fails(string json)
    {
        var error = Assert.Throws<CodexportException>(() => HooksFile.Parse(Encoding.UTF8.GetBytes(json), "/c/hooks.json"));
        Assert.Equal(ErrorCode.JsonInvalid, error.Code);
        Assert.Equal("/c/hooks.json", error.Target);
    }

    [Fact]
    public void ReadHandlers_OfToml_FindsWhatJsonWouldHold()
    {
        var root = TomlDocument.Parse("""
            [[hooks.SessionStart]]
            matcher = "startup|resume"
            [[hooks.SessionStart.hooks]]
            type = "command"
            command = "echo one"
            [hooks.state."/c/config.toml:session_start:0:0"]
            trusted_hash = "sha256:288449bb0a64a7c78625778ca5a5922627cd6e953ceaadb29b56769f43725323"
            """).Root;
        var handler = Assert.Single(TomlHooks.ReadHandlers(root));
        var state = TomlHooks.ReadStates(root)[HookTrust.StateKey("/c/config.toml", handler)];
        Assert.Equal(state.TrustedHash, HookTrust.Hash(handler, PathStyle.Unix));
    }

    [Theory]
    [InlineData(true, true, 1)]
    [InlineData(false, true, 0)]
    [InlineData(true, false, 0)]
    public void PortableTrustedHashes_TakesTrustedAndEnabledHooks(bool isTrusted, bool isEnabled, int count)
    {
        var handler = new HookHandler("Stop", 0, 0, null) { Command = "/home/ann/a.sh" };
        var state = new HookState(isTrusted ? HookTrust.Hash(handler, PathStyle.Unix) : "sha256:00", isEnabled);
        var hashes = HookTrust.PortableTrustedHashes(
            [handler], ["/real/hooks.json", "/c/hooks.json"], new Dictionary<string, HookState> { ["/c/hooks.json:stop:0:0"] = state },
            new PortablePaths(PathStyle.Unix, "/home/ann", "/home/ann/.codex"), PathStyle.Unix).ToList();
        Assert.Equal(count, hashes.Count);
        Assert.All(hashes, hash => Assert.Equal(HookTrust.Hash(handler with { Command = "${home}/a.sh" }, PathStyle.Unix), hash));
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Codexport.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Codexport.sln");
        }

        return folder;
    }
}
