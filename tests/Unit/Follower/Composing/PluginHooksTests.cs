using Codexport.Engine.Settings;

namespace Codexport.Tests.Follower.Composing;

/// <summary>Trust in the hooks of plugins comes with the master's configuration, is told, and is the person's to refuse.</summary>
public sealed class PluginHooksTests : IDisposable
{
    private const string State = "[hooks.state.\"x@m:hooks/hooks.json:session_start:0:0\"]\n";
    private const string Trust = State + "trusted_hash = \"sha256:1\"\n";
    private const string Hooks = "plugins/cache/m/x/1.0.0/hooks/hooks.json";

    private readonly FollowerRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Sync_NamesWhatTheHooksRunThatBecomeTrusted_Once()
    {
        _rig.Master(Hooks, """{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"${CLAUDE_PLUGIN_ROOT}/start"}]}]}}""");
        Assert.Equal(["SessionStart of plugin x@m: ${CLAUDE_PLUGIN_ROOT}/start"], (await _rig.Master("config.toml", Trust).Sync()).NewlyTrustedHooks);
        Assert.Contains(Trust, _rig["config.toml"], StringComparison.Ordinal);
        await _rig.AssertSettled();
        Assert.Empty((await _rig.Master("config.toml", "model = \"x\"\n\n" + Trust).Sync()).NewlyTrustedHooks);
        Assert.Single((await _rig.Master("config.toml", Trust.Replace("sha256:1", "sha256:2", StringComparison.Ordinal)).Sync()).NewlyTrustedHooks);
        Assert.Single((await _rig.Master("config.toml", Trust + "trusted_content_hash = \"sha256:3\"\n").Sync()).NewlyTrustedHooks);
        await _rig.Master("config.toml", "model = \"x\"\n").Sync();
        Assert.DoesNotContain("x@m", _rig["config.toml"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not json")]
    [InlineData("""{"hooks":{"Stop":[]}}""")]
    public async Task Sync_WhereTheHookIsNotFound_NamesItsKey(string? hooks)
        => Assert.Equal(["x@m:hooks/hooks.json:session_start:0:0"], (await _rig.Master(Hooks, hooks).Master("config.toml", Trust).Sync()).NewlyTrustedHooks);

    [Fact]
    public async Task Sync_WithoutTrustInHooks_TakesTheRestOfWhatWasDecided()
    {
        _rig.Settings = new LocalSettings { TrustHooks = false };
        var other = State.Replace(":0:0", ":0:1", StringComparison.Ordinal) + "enabled = false\ntrusted_hash = \"sha256:1\"\ntrusted_content_hash = \"sha256:2\"\n";
        Assert.Empty((await _rig.Master("config.toml", Trust + "\n" + other).Sync()).NewlyTrustedHooks);
        Assert.DoesNotContain("trusted", _rig["config.toml"], StringComparison.Ordinal);
        Assert.Contains("enabled = false", _rig["config.toml"], StringComparison.Ordinal);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_LeavesWhatTheFollowerDecidedAboutItsOwnPlugins()
    {
        var mine = Trust.Replace("x@m", "mine@m", StringComparison.Ordinal);
        _rig["config.toml"] = mine;
        await _rig.Master("config.toml", Trust).Sync();
        Assert.Contains(mine, _rig["config.toml"], StringComparison.Ordinal);
        await _rig.Master("config.toml", "model = \"x\"\n").Sync();
        Assert.Contains(mine, _rig["config.toml"], StringComparison.Ordinal);
    }
}
