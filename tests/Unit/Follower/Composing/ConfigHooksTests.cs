using System.Globalization;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Follower.Composing;

/// <summary>
/// Hooks under <c>[hooks]</c> of <c>config.toml</c>: the same rules as for <c>hooks.json</c>. A group is written as its handlers' commands,
/// groups apart by a bar.
/// </summary>
public sealed class ConfigHooksTests : IDisposable
{
    private const string Own = "codexport sync --quick";

    private readonly FollowerRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("our own group comes first", null, "mine | " + Own, "a | b", Own + " | a | b | mine")]
    [InlineData("local groups stay behind canonical ones", "a", "a | mine", "b | c", "b | c | mine")]
    [InlineData("a handler added to a canonical group stays", "a b", "a b mine", "a b", "a b | mine")]
    [InlineData("... also when the group changes", "a b", "a b mine", "a c", "a c | mine")]
    [InlineData("a group before a canonical one moves behind it", "a", "mine | a", "a | b", "a | b | mine")]
    [InlineData("a deleted handler comes back", "a b", "a", "a b", "a b")]
    [InlineData("a dropped group goes", "a | b", "a | b | mine", "b", "b | mine")]
    [InlineData("all canonical ones go", "a", "a mine", "", "mine")]
    [InlineData("two of the same stay two", "a", "a | mine | mine", "b", "b | mine | mine")]
    [InlineData("a second copy of the master's is the follower's", "a", "a | a", "b", "b | a")]
    [InlineData("our own hook of the master stays behind", null, null, "a | /m/" + Own, "a")]
    public async Task Sync_FollowsTheRule(string rule, string? first, string? local, string master, string expected)
    {
        if (first is not null)
        {
            await _rig.Master("config.toml", Toml(first)).Sync();
        }

        _rig["config.toml"] = local is null ? null : "# mine\nmodel = 'x'\n" + Toml(local);
        await _rig.Master("config.toml", "other = 1\n" + Toml(master)).Sync();
        Assert.True(expected == Groups(), $"{rule}: {Groups()}\n{_rig["config.toml"]}");
        Assert.Contains(local is null ? "other" : "# mine", _rig["config.toml"], StringComparison.Ordinal);
        await _rig.AssertSettled();
    }

    [Theory]
    [InlineData(DriftPolicy.Canonical, 1)]
    [InlineData(DriftPolicy.Keep, 9)]
    public async Task Sync_WhenAHandlerOfAGroupWasChanged_FollowsPolicyAndNeverDoublesIt(DriftPolicy policy, int expected)
    {
        await _rig.Master("config.toml", Toml("a b")).Sync();
        _rig["config.toml"] = Toml("a b mine").Replace("timeout = 1", "timeout = 9", StringComparison.Ordinal);
        _rig.Settings = _rig.Settings with { OnDrift = policy };
        var composed = await _rig.Sync();
        var handlers = TomlHooks.ReadHandlers(TomlDocument.Parse(_rig["config.toml"]!).Root);
        Assert.Equal(["a", "b", "mine"], handlers.Select(handler => handler.Command));
        Assert.Equal(expected, handlers[0].Timeout);
        Assert.Equal(["config.toml: hooks.SessionStart"], composed.Drift);
        await _rig.AssertSettledButFor(composed.Drift);
    }

    [Fact]
    public async Task Sync_MovesStatesWithTheirHandlers()
    {
        var config = _rig.Absolute("config.toml");
        await _rig.Master("config.toml", Toml("a b")).Sync();
        _rig["config.toml"] = Toml("a b mine") + $"[hooks.state.'{config}:session_start:0:1']\nenabled = false\n[hooks.state.'{config}:session_start:0:2']\nenabled = false # off\n";
        await _rig.Master("config.toml", Toml("x b | c")).Sync();
        Assert.Equal("x b | c | mine", Groups());
        var states = TomlHooks.ReadStates(TomlDocument.Parse(_rig["config.toml"]!).Root);
        Assert.Equal([$"{config}:session_start:0:1", $"{config}:session_start:2:0"], states.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("enabled = false # off", _rig["config.toml"], StringComparison.Ordinal);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_WhenHooksStandInBothFiles_Warns()
    {
        _rig["hooks.json"] = """{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"x"}]}]}}""";
        var composed = await _rig.Master("config.toml", Toml("a")).Sync();
        Assert.Contains(composed.Warnings, warning => warning.Contains("hooks.json and under [hooks]", StringComparison.Ordinal));
        _rig["hooks.json"] = "{}";
        Assert.DoesNotContain((await _rig.Sync()).Warnings, warning => warning.Contains("hooks.json and under [hooks]", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[[hooks.SessionStart]]\nmatcher = \"x\"\n")]
    [InlineData("[[hooks.SessionStart]]\n")]
    [InlineData("[[hooks.SessionStart]]\nzap = 1979-05-27\nhooks = []\n")]
    [InlineData("[[hooks.SessionStart]]\nhooks = [3, \"x\"]\n")]
    [InlineData("[[hooks.SessionStart]]\nhooks = 3\n")]
    [InlineData("[[hooks.SessionStart]]\n[[hooks.SessionStart.hooks]]\ntype = \"zap\"\nx = 5.0\n")]
    [InlineData("[[hooks.Zap]]\nx = inf\n")]
    public async Task Sync_CarriesAGroupWithoutHandlers(string group)
    {
        var local = Toml("mine") + group + Toml("last");
        _rig["config.toml"] = local;
        await _rig.Master("config.toml", Toml("a | b")).Sync();
        Assert.Equal("a | b | mine | last", string.Join(" | ", Groups().Split(" | ", StringSplitOptions.RemoveEmptyEntries).Where(item => item.Trim().Length > 0)));
        await _rig.AssertSettled();
        await _rig.Master("config.toml", Toml("b | c d")).Sync();
        await _rig.AssertSettled();
        await _rig.Master("config.toml", "").Sync();
        Assert.True(TomlDocument.Parse(local).SemanticEquals(TomlDocument.Parse(_rig["config.toml"]!)), _rig["config.toml"]);
    }

    [Fact]
    public async Task Sync_WhenAGroupIsTakenApart_KeepsItsDatesAndFloats()
    {
        const string More = "later = 1979-05-27\nshare = 5.0\nodd = \"\\u0000=1\"\n";
        await _rig.Master("config.toml", Toml("a")).Sync();
        _rig["config.toml"] = Toml("a mine") + More;
        await _rig.Master("config.toml", Toml("b")).Sync();
        var handlers = (TomlList)TomlDocument.Parse(_rig["config.toml"]!).Find(["hooks", "SessionStart", 1, "hooks"])!;
        var mine = (TomlTable)Assert.Single(handlers);
        Assert.Equal(TomlKind.LocalDate, mine["later"]!.Kind);
        Assert.IsType<TomlFloat>(mine["share"]);
        Assert.Equal("\0=1", mine["odd"]!.AsString());
        await _rig.AssertSettled();
    }

    [Theory]
    [InlineData("hooks.SessionStart = [[], {hooks = [{type = \"command\", command = \"mine\"}]}]\n")]
    [InlineData("[hooks.SessionStart]\nmine = 1\n")]
    public async Task Sync_WhenAnEventIsNoListOfTables_NamesItAsDriftOrLeavesIt(string local)
    {
        _rig["config.toml"] = local;
        var composed = await _rig.Master("config.toml", Toml("a")).Sync();
        Assert.Contains(composed.Drift, key => key.StartsWith("config.toml: hooks.SessionStart", StringComparison.Ordinal));
        Assert.Equal("a", Groups());
        await _rig.AssertSettled();

        _rig["config.toml"] = local;
        _rig.Settings = _rig.Settings with { OnDrift = DriftPolicy.Keep };
        composed = await _rig.Sync();
        Assert.Contains("mine", _rig["config.toml"], StringComparison.Ordinal);
        Assert.NotEmpty(composed.Drift);
    }

    // Words are handlers; our own command has blanks and stands for itself.
    private static string Toml(string groups)
    {
        var text = string.Empty;
        foreach (var group in groups.Split(" | ", StringSplitOptions.RemoveEmptyEntries))
        {
            var commands = group.EndsWith(Own, StringComparison.Ordinal) ? [group] : group.Split(' ');
            text += "\n# group\n[[hooks.SessionStart]]\nmatcher = \"startup\"\n";
            text += string.Concat(commands.Select((command, index) => string.Create(
                CultureInfo.InvariantCulture,
                $"[[hooks.SessionStart.hooks]]\ntype = \"command\"\ncommand = \"{command}\"\ntimeout = {index + 1}\n").Replace(
                    "timeout = 3", "timeout = 30", StringComparison.Ordinal)));
        }

        return text;
    }

    private string Groups() => string.Join(" | ", TomlHooks.ReadHandlers(TomlDocument.Parse(_rig["config.toml"]!).Root)
        .GroupBy(handler => handler.GroupIndex).Select(group => string.Join(' ', group.Select(handler => handler.Command))));
}
