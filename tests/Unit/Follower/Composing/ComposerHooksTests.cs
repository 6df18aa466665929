using System.Text;
using System.Text.Json.Nodes;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Follower.Composing;

public sealed class ComposerHooksTests : IDisposable
{
    private const string Own = "codexport sync --quick";

    private readonly FollowerRig _rig = new();

    private string Source => _rig.Absolute("hooks.json");

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Sync_WithoutLocalHooks_WritesTheMastersTextWithItsPaths()
    {
        await _rig.Master("hooks.json", "{ \"hooks\" : { \"Stop\" : [ { \"hooks\" : [ { \"type\":\"command\", \"command\" : \"${codexDir}/hooks/a.sh\" } ] } ] } }").Sync();
        Assert.Equal(
            $"{{ \"hooks\" : {{ \"Stop\" : [ {{ \"hooks\" : [ {{ \"type\":\"command\", \"command\" : \"{_rig.Context.Home.CodexFolder}/hooks/a.sh\" }} ] }} ] }} }}",
            _rig["hooks.json"]);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_OrdersOwnThenCanonicalThenLocal()
    {
        _rig["hooks.json"] = Hooks("mine", Own);
        await _rig.Master("hooks.json", Hooks("one", "two")).Sync();
        Assert.Equal([Own, "one", "two", "mine"], Commands());
        await _rig.Master("hooks.json", Hooks("zero", "two")).Sync();
        Assert.Equal([Own, "zero", "two", "mine"], Commands());
        await _rig.Master("hooks.json", null).Sync();
        Assert.Equal([Own, "mine"], Commands());
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_WhenNothingChanges_KeepsTheFilesFormatting()
    {
        await _rig.Master("hooks.json", Hooks("one")).Sync();
        var text = Hooks("one", "mine").Replace(",", " ,\n ", StringComparison.Ordinal);
        _rig["hooks.json"] = text;
        await _rig.Sync();
        Assert.Equal(text, _rig["hooks.json"]);
        await _rig.AssertSettled();
    }

    [Theory]
    [InlineData(DriftPolicy.Canonical, 5)]
    [InlineData(DriftPolicy.Keep, 9)]
    public async Task Sync_WhenCanonicalHandlerWasChanged_FollowsPolicyAndNeverDoublesIt(DriftPolicy policy, int expected)
    {
        await _rig.Master("hooks.json", Hooks("one", "two")).Sync();
        _rig["hooks.json"] = Hooks("one", "two").Replace("\"timeout\":5", "\"timeout\":9", StringComparison.Ordinal);
        _rig.Settings = _rig.Settings with { OnDrift = policy };
        var composed = await _rig.Sync();
        Assert.Equal(["one", "two"], Commands());
        Assert.Contains($"\"timeout\":{expected}", _rig["hooks.json"]!.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(["hooks.json: hooks.SessionStart"], composed.Drift);
    }

    [Fact]
    public async Task Sync_WhenTheMasterChangesAHandlersOptions_KeepsItSwitchedOff()
    {
        await _rig.Master("hooks.json", Hooks("one", "two")).Sync();
        _rig["config.toml"] = $"[hooks.state.'{Source}:session_start:1:0']\nenabled = false\n";
        await _rig.Master("hooks.json", Hooks("zero", "one", "two").Replace("\"timeout\":5", "\"timeout\":7", StringComparison.Ordinal)).Sync();
        Assert.False(Assert.Single(States(), state => state.Key == $"{Source}:session_start:2:0").Value.IsEnabled);
        Assert.Single(States());
    }

    [Fact]
    public async Task Sync_WhenCanonicalHandlerWasDeleted_BringsItBack()
    {
        await _rig.Master("hooks.json", Hooks("one", "two")).Sync();
        _rig["hooks.json"] = Hooks("two");
        Assert.NotEmpty((await _rig.Sync()).Drift);
        Assert.Equal(["one", "two"], Commands());
    }

    [Fact]
    public async Task Sync_MovesStatesWithTheirHandlers()
    {
        _rig["hooks.json"] = Hooks("mine", "other", Own);
        _rig["config.toml"] = $"""
            # states
            [hooks.state.'{Source}:session_start:0:0']
            enabled = false # mine

            [hooks.state.'{Source}:session_start:2:0']
            trusted_hash = "sha256:own"

            [hooks.state.'{Source}:stop:7:0']
            enabled = false

            """;
        await _rig.Master("hooks.json", Hooks("one")).Sync();
        Assert.Equal([Own, "one", "mine", "other"], Commands());
        var states = States();
        Assert.Equal("sha256:own", states[$"{Source}:session_start:0:0"].TrustedHash);
        Assert.False(states.ContainsKey($"{Source}:session_start:1:0"));
        Assert.False(states[$"{Source}:session_start:2:0"].IsEnabled);
        Assert.True(states.ContainsKey($"{Source}:stop:7:0"));
        Assert.Contains("enabled = false # mine", _rig["config.toml"], StringComparison.Ordinal);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_CarriesTrustOverWithOwnPathPositionAndHash()
    {
        _rig["hooks.json"] = Hooks(Own);
        var portable = Hooks("${home}/a.sh --token s3cret | sh", "untrusted");
        _rig.TrustedHooks.Add(HookTrust.Hash(HooksFile.Parse(Encoding.UTF8.GetBytes(portable), "h").Handlers[0], PathStyle.Current)!);
        var composed = await _rig.Master("hooks.json", portable).Sync();
        var handlers = HooksFile.Parse(Encoding.UTF8.GetBytes(_rig["hooks.json"]!), "h").Handlers;
        Assert.Equal(HookTrust.Hash(handlers[1], PathStyle.Current), States()[$"{Source}:session_start:1:0"].TrustedHash);
        Assert.Single(States());
        Assert.EndsWith($"{_rig.Context.Home.UserHome}/a.sh --token *** | sh", Assert.Single(composed.NewlyTrustedHooks), StringComparison.Ordinal);
        await _rig.AssertSettled();
        _rig.TrustedHooks.Add("sha256:other");
        Assert.Empty((await _rig.Sync()).NewlyTrustedHooks);
    }

    [Fact]
    public async Task Sync_WhenTrustShallNotBeCarriedOver_WritesNone()
    {
        var portable = Hooks("a");
        _rig.TrustedHooks.Add(HookTrust.Hash(HooksFile.Parse(Encoding.UTF8.GetBytes(portable), "h").Handlers[0], PathStyle.Current)!);
        _rig.Settings = _rig.Settings with { TrustHooks = false };
        await _rig.Master("hooks.json", portable).Sync();
        Assert.Null(_rig["config.toml"]);
    }

    [Fact]
    public async Task Sync_HooksInTheConfiguration_AreMergedAndTrusted()
    {
        const string Canonical = "[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = 'command'\ncommand = '${home}/x'\n";
        _rig.TrustedHooks.Add(HookTrust.Hash(TomlHooks.ReadHandlers(TomlDocument.Parse(Canonical).Root)[0], PathStyle.Current)!);
        var config = _rig.Absolute("config.toml");
        _rig["config.toml"] = $"[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = 'command'\ncommand = 'mine'\n[hooks.state.'{config}:stop:0:0']\nenabled = false\n";
        await _rig.Master("config.toml", Canonical).Sync();
        var root = TomlDocument.Parse(_rig["config.toml"]!).Root;
        var handlers = TomlHooks.ReadHandlers(root);
        var states = TomlHooks.ReadStates(root);
        Assert.Equal(2, handlers.Count);
        foreach (var handler in handlers)
        {
            var state = states[HookTrust.StateKey(config, handler)];
            Assert.Equal(handler.Command == "mine", !state.IsEnabled);
            Assert.Equal(handler.Command == "mine" ? null : HookTrust.Hash(handler, PathStyle.Current), state.TrustedHash);
        }

        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Compose_WhenLocalFileIsBroken_NamesPlace()
    {
        _rig["hooks.json"] = "{\n \"hooks\": }";
        var error = await _rig.Master("hooks.json", Hooks("one")).Refused();
        Assert.Equal(ErrorCode.JsonInvalid, error.Code);
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_LeavesOwnHookOfAMasterBehind()
    {
        await _rig.Master("hooks.json", Hooks("one", "/m/codexport sync --quick")).Sync();
        Assert.Equal(["one"], Commands());
    }

    private static string Hooks(params string[] commands)
        => "{\"hooks\":{\"SessionStart\":[" + string.Join(",", commands.Select(command =>
            $"{{\"matcher\":\"startup\",\"hooks\":[{{\"type\":\"command\",\"command\":\"{command}\",\"timeout\":5}}]}}")) + "]}}";

    private IReadOnlyList<string> Commands() => [.. JsonNode.Parse(_rig["hooks.json"]!)!["hooks"]!["SessionStart"]!.AsArray()
        .SelectMany(group => group!["hooks"]!.AsArray()).Select(handler => (string)handler!["command"]!)];

    private IReadOnlyDictionary<string, HookState> States() => TomlHooks.ReadStates(TomlDocument.Parse(_rig["config.toml"]!).Root);
}
