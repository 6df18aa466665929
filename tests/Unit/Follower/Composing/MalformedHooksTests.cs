using System.Text.Json;
using Codexport.Engine.Apply;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Compose;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;
using Codexport.Tests.Codex;

namespace Codexport.Tests.Follower.Composing;

/// <summary>What of a follower's hooks Codex does not read, or not yet: it is the follower's all the same.</summary>
public sealed class MalformedHooksTests : IDisposable
{
    private const string Canonical = """{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"canon"}]}]}}""";
    private const string Mine = """{"hooks":[{"type":"command","command":"mine"}]}""";

    private readonly FollowerRig _rig = new();

    public static TheoryData<string> Groups =>
    [
        "\"text\"", "3", "null", "true", "[]", "[\"startup\", [{\"type\":\"command\",\"command\":\"listed\"}]]", "{}", "{\"matcher\":\"x\"}",
        "{\"hooks\":[]}", "{\"hooks\":null}", "{\"hooks\":\"x\"}", "{\"hooks\":{}}", "{\"hooks\":[1, null, \"x\", []]}",
        "{\"hooks\":[{\"type\":\"zap\",\"x\":1.0}]}", "{\"matcher\":3,\"hooks\":[{\"type\":\"command\",\"command\":\"m\"}]}",
        "{\"b\":1,\"hooks\":[{\"type\":\"command\",\"command\":\"m\",\"later\":1}],\"a\":{\"x\":1e999}}",
        "{\"y\":1,\"y\":2,\"hooks\":[]}", "{\"hooks\":[{\"type\":\"command\",\"command\":\"m\",\"y\":1,\"y\":2}]}", "{\"y\":\"\\ud800\",\"hooks\":[]}",
        "{\"hooks\":[],\"hooks\":[1]}",
    ];

    private string Source => _rig.Absolute("hooks.json");

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task Sync_CarriesAGroupThatCodexDoesNotRead(string group)
    {
        var local = Hooks($"{Mine},{group},{Mine.Replace("mine", "last", StringComparison.Ordinal)}");
        _rig["hooks.json"] = local;
        await _rig.Master("hooks.json", Canonical).Sync();
        var groups = EventOf("SessionStart");
        Assert.Equal(4, groups.Count);
        Assert.Equal(AnyJson.Exact(JsonDocument.Parse(group).RootElement), groups[2]);
        await _rig.AssertSettled();
        await _rig.Master("hooks.json", null).Sync();
        Assert.Equal(AnyJson.Essence(local), AnyJson.Essence(_rig["hooks.json"]));
        await _rig.AssertSettled();
    }

    [Theory]
    [InlineData("{\"hooks\":{\"Zap\":3}}")]
    [InlineData("{\"hooks\":{\"Stop\":null,\"Zap\":{\"a\":[]},\"Other\":[{\"hooks\":[3]}]}}")]
    [InlineData("{\"hooks\":{\"Stop\":\"x\"},\"description\":\"mine\"}")]
    [InlineData("{\"SessionStart\":[{\"hooks\":[{\"type\":\"command\",\"command\":\"old\"}]}]}")]
    [InlineData("{\"description\":3}")]
    [InlineData("{\"hooks\":{\"Stop\":[{\"deep\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}]}}")]
    public async Task Sync_CarriesWhatElseTheFileHolds(string local)
    {
        _rig["hooks.json"] = local;
        await _rig.Master("hooks.json", Canonical).Sync();
        Assert.Contains("canon", _rig["hooks.json"], StringComparison.Ordinal);
        await _rig.AssertSettled();
        await _rig.Master("hooks.json", null).Sync();
        Assert.Equal(AnyJson.Essence(local), AnyJson.Essence(_rig["hooks.json"]));
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_WhenTheMastersHooksGo_DoesNotDeleteAFileThatStillSaysSomething()
    {
        await _rig.Master("hooks.json", Canonical).Sync();
        _rig["hooks.json"] = """{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"canon"}]}, 3]}}""";
        await _rig.Sync();
        await _rig.Master("hooks.json", null).Sync();
        Assert.Equal(["3"], EventOf("SessionStart"));
    }

    [Fact]
    public async Task Sync_WhenTheMasterDropsAHook_KeepsTheFollowersOwnCopyOfIt()
    {
        await _rig.Master("hooks.json", Canonical).Sync();
        var twice = Canonical.Replace("]}}", """,{"hooks":[{"type":"command","command":"canon"}]}]}}""", StringComparison.Ordinal);
        _rig["hooks.json"] = twice;
        await _rig.Sync();
        Assert.Equal(2, EventOf("SessionStart").Count);
        await _rig.Master("hooks.json", null).Sync();
        Assert.Single(EventOf("SessionStart"));
    }

    [Fact]
    public async Task Sync_WhenAHandlerWithoutCommandDrifted_TakesNoGroupOfTheFollowers()
    {
        const string Tool = """{"hooks":{"SessionStart":[{"hooks":[{"type":"mcp_tool","server":"s","tool":"t"}]}]}}""";
        await _rig.Master("hooks.json", Tool).Sync();
        _rig["hooks.json"] = """{"hooks":{"SessionStart":[{"matcher":"x","hooks":[{"type":"prompt","prompt":"mine"}]},{"zap":1}]}}""";
        await _rig.Sync();
        var groups = EventOf("SessionStart");
        Assert.Equal(3, groups.Count);
        Assert.Contains("mcp_tool", groups[0], StringComparison.Ordinal);
        Assert.Contains("prompt", groups[1], StringComparison.Ordinal);
        Assert.Equal("{\"zap\":1}", groups[2]);
    }

    [Fact]
    public async Task Sync_MovesTheStatesOfGroupsByTheirPlaceInTheList()
    {
        // Codex counts every item of the list, and takes a list for a group.
        _rig["hooks.json"] = Hooks("{}, [\"startup\", [{\"type\":\"command\",\"command\":\"listed\"}]], " + Mine);
        _rig["config.toml"] = $"[hooks.state.'{Source}:session_start:1:0']\nenabled = false # listed\n[hooks.state.'{Source}:session_start:2:0']\nenabled = false # mine\n";
        await _rig.Master("hooks.json", Canonical).Sync();
        Assert.Equal(4, EventOf("SessionStart").Count);
        Assert.Equal(
            [$"{Source}:session_start:2:0", $"{Source}:session_start:3:0"],
            TomlHooks.ReadStates(TomlDocument.Parse(_rig["config.toml"]!).Root).Keys.Order(StringComparer.Ordinal));
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_WhenCodexReadsNoHookOfTheFile_SaysWhere()
    {
        _rig["hooks.json"] = """{"hooks":{"SessionStart":[3]}}""";
        var composed = await _rig.Master("hooks.json", Canonical).Sync();
        Assert.Contains(composed.Warnings, warning => warning.Contains("hooks.SessionStart[1]", StringComparison.Ordinal));
        _rig["hooks.json"] = Canonical;
        Assert.Empty((await _rig.Sync()).Warnings);
    }

    [Theory]
    [InlineData("\"x\"")]
    [InlineData("{\"hooks\":3}")]
    [InlineData("{\"hooks\":[\"x\"]}")]
    [InlineData("{\"hooks\":[{\"type\":\"zap\"}]}")]
    [InlineData("{\"hooks\":[{\"type\":\"command\"}]}")]
    [InlineData("{\"matcher\":3,\"hooks\":[{\"type\":\"command\",\"command\":\"b\"}]}")]
    public async Task Sync_LeavesOutWhatOfTheMastersWouldStopEveryHook(string group)
    {
        _rig["hooks.json"] = Hooks(Mine, "Stop");
        var master = Canonical.Replace("]}}", $",{group}]}},\"zap\":1}}", StringComparison.Ordinal);
        var composed = await _rig.Master("hooks.json", master).Sync();
        Assert.Single(EventOf("SessionStart"));
        Assert.Contains(composed.Warnings, warning => warning.Contains("hooks.SessionStart[1]", StringComparison.Ordinal));
        Assert.Contains(composed.Warnings, warning => warning.Contains("zap", StringComparison.Ordinal));
        Assert.DoesNotContain("zap", _rig["hooks.json"], StringComparison.Ordinal);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_WhenWhatTheMasterSendsIsTornButAlone_StillWritesNoneOfIt()
    {
        await _rig.Master("hooks.json", """{"hooks":{"SessionStart":[3],"Stop":[{"hooks":[{"type":"command","command":"canon"}]}]}}""").Sync();
        Assert.Equal("{\"Stop\":[{\"hooks\":[{\"type\":\"command\",\"command\":\"canon\"}]}]}", AnyJson.Exact(Hooks()).Replace("\"SessionStart\":[],", "", StringComparison.Ordinal));
        await _rig.AssertSettled();
    }

    [Theory]
    [InlineData("{\"hooks\":{\"SessionStart\":{\"mine\":1}}}", "hooks.json: hooks.SessionStart")]
    [InlineData("{\"hooks\":\"mine\"}", "hooks.json: hooks")]
    [InlineData("{\"description\":\"mine\"}", "hooks.json: description")]
    public async Task Sync_WhenTwoShapesMeet_NamesItAsDriftAndKeepsABackup(string local, string drift)
    {
        _rig["hooks.json"] = local;
        _rig.Master("hooks.json", Canonical[..^1] + ",\"description\":\"theirs\"}");
        var composed = await _rig.Sync();
        Assert.Equal([drift], composed.Drift);
        Assert.Contains("canon", _rig["hooks.json"], StringComparison.Ordinal);
        Assert.Contains(Directory.EnumerateFiles(_rig.Context.Home.StateFolder, "*", SearchOption.AllDirectories), file => File.ReadAllText(file) == local);
        Assert.Empty((await _rig.Compose()).Drift);
        await _rig.AssertSettled();
    }

    [Theory]
    [InlineData("{\"hooks\":{\"SessionStart\":{\"mine\":1}}}")]
    [InlineData("{\"hooks\":\"mine\"}")]
    [InlineData("{\"description\":\"mine\"}")]
    public async Task Sync_WhenTwoShapesMeetAndLocalOnesWin_LeavesThem(string local)
    {
        _rig["hooks.json"] = local;
        _rig.Settings = _rig.Settings with { OnDrift = DriftPolicy.Keep };
        var composed = await _rig.Master("hooks.json", Canonical[..^1] + ",\"description\":\"theirs\"}").Sync();
        Assert.Single(composed.Drift);
        Assert.Contains("mine", _rig["hooks.json"], StringComparison.Ordinal);
        await _rig.AssertSettledButFor(composed.Drift);
    }

    [Fact]
    public async Task Sync_WhenTheMasterDropsItsDescription_ItGoesAndAChangedOneStays()
    {
        var described = Canonical[..^1] + ",\"description\":\"theirs\"}";
        await _rig.Master("hooks.json", described).Sync();
        await _rig.Master("hooks.json", Canonical).Sync();
        Assert.DoesNotContain("theirs", _rig["hooks.json"], StringComparison.Ordinal);
        await _rig.Master("hooks.json", described).Sync();
        _rig["hooks.json"] = described.Replace("theirs", "mine", StringComparison.Ordinal);
        var composed = await _rig.Master("hooks.json", Canonical).Sync();
        Assert.Contains("mine", _rig["hooks.json"], StringComparison.Ordinal);
        Assert.Contains(composed.Changes, change => change is { Key: "description", Action: ChangeAction.Keep });
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("3")]
    [InlineData("{ // mine\n}")]
    [InlineData("{\"hooks\":{},}")]
    [InlineData("{\"hooks\":{},\"hooks\":{\"Stop\":[]}}")]
    [InlineData("{\"hooks\":{\"Stop\":[],\"Stop\":[1]}}")]
    [InlineData("{\"note\":1,\"note\":2}")]
    [InlineData("{\"hooks\":{}} {}")]
    public async Task Compose_WhenWhatIsThereCannotBeCarried_IsRefusedAndNothingChanges(string local)
    {
        _rig["hooks.json"] = local;
        var error = await _rig.Master("hooks.json", Canonical).Refused();
        Assert.Equal(ErrorCode.JsonInvalid, error.Code);
        Assert.Contains("line ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compose_WhenTheFileIsNoUnicode_IsRefusedAndNothingChanges()
    {
        File.WriteAllBytes(Source, [.. "{\"note\":\""u8, 0xFF, .. "\"}"u8]);
        Assert.Equal(ErrorCode.JsonInvalid, (await _rig.Master("hooks.json", Canonical).Refused()).Code);
    }

    [Fact]
    public async Task Restore_BringsBackEveryByteOfWhatCodexDoesNotRead()
    {
        const string Local = "{\"hooks\" : {\"SessionStart\":[3 , {\"y\":1.0,\"y\":\"\\ud800\"}], \"Zap\":null} }";
        _rig["hooks.json"] = Local;
        await _rig.Master("hooks.json", Canonical).Sync();
        var backups = new BackupStore(_rig.Context);
        await backups.RestoreAsync(
            backups.PlanRestore(Assert.Single(backups.List()).Name, AppliedStateCodec.FilePath(_rig.Context.Home), PlannedChanges.Of), TestContext.Current.CancellationToken);
        Assert.Equal(Local, _rig["hooks.json"]);
    }

    [Fact]
    public async Task Sync_TrustsNothingThatCodexDoesNotAccept()
    {
        var readable = """{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"canon","timeout":600}]}]}}""";
        _rig.TrustedHooks.Add(HookTrust.Hash(HooksFile.Parse(System.Text.Encoding.UTF8.GetBytes(readable), "h").Handlers[0], PathStyle.Current)!);
        var torn = readable.Replace("600", "\"600\"", StringComparison.Ordinal);
        _rig["hooks.json"] = torn.Replace("SessionStart", "Stop", StringComparison.Ordinal);
        var composed = await _rig.Master("hooks.json", torn).Sync();
        Assert.Empty(composed.NewlyTrustedHooks);
        Assert.DoesNotContain("trusted_hash", _rig["config.toml"] ?? string.Empty, StringComparison.Ordinal);
    }

    private static string Hooks(string groups, string name = "SessionStart") => $"{{\"hooks\":{{\"{name}\":[{groups}]}}}}";

    private JsonElement Hooks() => AnyJson.Member(JsonDocument.Parse(_rig["hooks.json"]!, new JsonDocumentOptions { MaxDepth = 1000 }).RootElement, "hooks");

    private List<string> EventOf(string name) => [.. AnyJson.Member(Hooks(), name).EnumerateArray().Select(AnyJson.Exact)];
}
