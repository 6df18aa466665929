using Codexport.Engine.Errors;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Follower.Composing;

public sealed class ComposerConfigTests : IDisposable
{
    private readonly FollowerRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Sync_ExpandsVariablesAsValuesAndKeys()
    {
        _rig.Settings = _rig.Settings with { PathVariables = new Dictionary<string, string> { ["work"] = "/w \"q\"" } };
        await _rig.Master("config.toml", "a = '${home}/x' # why\nb = [\"${work}\", \"$${HOME}\"]\n[t.\"${codexDir}/k\"]\nc = 1\n").Sync();
        var root = TomlDocument.Parse(_rig["config.toml"]!).Root;
        Assert.Equal(Path.Combine(_rig.Context.Home.UserHome, "x"), root["a"]!.AsString());
        Assert.Equal("/w \"q\"", ((TomlList)root["b"]!)[0].AsString());
        Assert.Equal("${HOME}", ((TomlList)root["b"]!)[1].AsString());
        Assert.NotNull(root.Find(["t", $"{_rig.Context.Home.CodexFolder}/k", "c"]));
        Assert.Contains("# why", _rig["config.toml"], StringComparison.Ordinal);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Compose_WhenVariableHasNoValue_NamesFileKeyAndVariable()
    {
        var error = await _rig.Master("config.toml", "[a]\nb = '${work}'\n").Refused();
        Assert.Equal(ErrorCode.VariableMissing, error.Code);
        Assert.Contains("work", error.Message, StringComparison.Ordinal);
        Assert.Contains("a.b", error.Message, StringComparison.Ordinal);
        Assert.Contains("config.toml", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compose_WhenLocalFileIsBroken_NamesPlaceAndChangesNothing()
    {
        _rig["config.toml"] = "a = 1\nb = = 2\n";
        var error = await _rig.Master("config.toml", "a = 1").Master("AGENTS.md", "x").Refused();
        Assert.Equal(ErrorCode.TomlInvalid, error.Code);
        Assert.Contains(_rig.Absolute("config.toml"), error.Message, StringComparison.Ordinal);
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compose_WhenMastersFileIsBroken_IsRejected()
    {
        await _rig.Master("config.toml", "a = 1").Sync();
        Assert.Equal(ErrorCode.ConfigurationRejected, (await _rig.Master("config.toml", "a = ").Refused()).Code);
    }

    [Fact]
    public async Task Sync_AppliesThePlatformsSection()
    {
        var name = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux";
        _rig.Platforms[name] = "model = 'here'\n[tui]\nx = 1\n";
        await _rig.Master("config.toml", "# c\nmodel = 'all'\nother = 1\n").Sync();
        Assert.Equal("# c\nmodel = 'here'\nother = 1\n[tui]\nx = 1\n", _rig["config.toml"]);
    }

    [Fact]
    public async Task Sync_SaysWhatComesFromTheOverlayAndWhatFromTheMaster()
    {
        await _rig.Master("config.toml", "model = 'gpt'\n").Sync();
        _rig.Overlay("mcps.local.toml", "[mcp_servers.me]\ncommand = 'me'\n").Overlay("overrides/config.toml", "model = 'mine'\n[tui]\nanimations = false\n");
        var composed = await _rig.Master("config.toml", "model = 'gpt-next'\nreview_model = 'gpt'\n").Sync();
        Assert.Equal(
            ["mcp_servers.me: Overlay", "model: Overlay", "review_model: Canonical", "tui.animations: Overlay"],
            composed.Changes.Select(change => $"{change.Key}: {change.Reason}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Sync_AddsLocalServersAndOverrides()
    {
        _rig.Overlay("mcps.local.toml", "# mine\n[mcp_servers.me]\ncommand = 'me'\n[other]\nx = 1\n").Overlay("overrides/config.toml", "model = 'mine'\n");
        var composed = await _rig.Master("config.toml", "model = 'a'\n\n[mcp_servers.docs]\ncommand = 'd'\n").Sync();
        var root = TomlDocument.Parse(_rig["config.toml"]!).Root;
        Assert.Equal("mine", root["model"]!.AsString());
        Assert.Equal("me", root.Find(["mcp_servers", "me", "command"])!.AsString());
        Assert.Equal("d", root.Find(["mcp_servers", "docs", "command"])!.AsString());
        Assert.Null(root["other"]);
        Assert.Contains(composed.Warnings, warning => warning.Contains("'other'", StringComparison.Ordinal));
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_WhenServerNamesClash_ShowsBothSidesWithoutSecrets()
    {
        _rig.Overlay("mcps.local.toml", "[mcp_servers.docs]\ncommand = 'mine'\nenv = { TOKEN = 's3cret' }\n");
        _rig.Master("config.toml", "[mcp_servers.docs]\ncommand = 'theirs'\nargs = ['--token', 's3cret', '--api-key=s3cret']\n");
        var error = await _rig.Refused();
        Assert.Equal(ErrorCode.NameConflict, error.Code);
        var details = string.Join('\n', error.Details.Select(detail => detail.Value));
        Assert.Contains("mine", details, StringComparison.Ordinal);
        Assert.Contains("theirs", details, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", details, StringComparison.Ordinal);
        Assert.Contains("allowMcpOverrides", error.Message, StringComparison.Ordinal);
        _rig.Settings = _rig.Settings with { AllowMcpOverrides = ["docs"] };
        var composed = await _rig.Sync();
        Assert.Contains("mine", _rig["config.toml"], StringComparison.Ordinal);
        Assert.Contains(composed.Changes, change => change is { Reason: ChangeReason.Overlay, Key: "mcp_servers.docs" });
    }

    [Fact]
    public async Task Sync_KeepsWhatCodexAddedAndMergesProfiles()
    {
        await _rig.Master("config.toml", "model = 'a'\n").Master("fast.config.toml", "model = 'f'\n").Sync();
        _rig["config.toml"] += "\n[projects.\"/p\"]\ntrust_level = \"trusted\"\n";
        _rig["fast.config.toml"] += "mine = 1\n";
        await _rig.Master("config.toml", "model = 'b'\n").Master("fast.config.toml", "model = 'g'\n").Sync();
        Assert.Equal("model = 'b'\n\n[projects.\"/p\"]\ntrust_level = \"trusted\"\n", _rig["config.toml"]);
        Assert.Equal("model = 'g'\nmine = 1\n", _rig["fast.config.toml"]);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_WhenCanonicalDropsTheFile_LeavesWhatIsLocal()
    {
        await _rig.Master("config.toml", "model = 'a'\n").Master("fast.config.toml", "model = 'f'\n").Master("AGENTS.md", "x").Sync();
        _rig["config.toml"] += "mine = 1\n";
        await _rig.Master("config.toml", null).Master("fast.config.toml", null).Sync();
        Assert.Equal("mine = 1\n", _rig["config.toml"]);
        Assert.Null(_rig["fast.config.toml"]);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Sync_WritesConfigurationForTheUserAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await _rig.Master("config.toml", "a = 1").Sync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_rig.Absolute("config.toml")));
    }

    [Theory]
    [InlineData("if absent", null, null, "m1", "m1")]
    [InlineData("the follower's own", "own", null, "m1", "own")]
    [InlineData("as last written", "=", "m1", "m2", "m2")]
    [InlineData("refreshed", "new", "m1", "m2", "new")]
    [InlineData("deleted", "", "m1", "m2", null)]
    public async Task Credentials_ByDefault_AreWrittenWhenOursOrAbsent(string rule, string? local, string? first, string second, string? expected)
    {
        if (first is not null)
        {
            await _rig.Master("auth.json", first).Sync();
        }

        _rig["auth.json"] = local switch { "" => null, "=" => first, _ => local };
        await _rig.Master("auth.json", second).Sync();
        Assert.True(expected == _rig["auth.json"], rule);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Credentials_FollowPolicyKeyringAndLastRefresh()
    {
        _rig["auth.json"] = """{"last_refresh":"2026-02-01T00:00:00Z"}""";
        _rig.Settings = _rig.Settings with { Credentials = CredentialPolicy.Always };
        await _rig.Master("auth.json", """{"last_refresh":"2026-01-01T00:00:00Z"}""").Sync();
        Assert.Contains("2026-02", _rig["auth.json"], StringComparison.Ordinal);
        var composed = await _rig.Master("auth.json", """{"last_refresh":"2026-03-01T00:00:00Z","tokens":{"refresh_token":"r"}}""").Sync();
        Assert.Contains("2026-03", _rig["auth.json"], StringComparison.Ordinal);
        Assert.Contains(composed.Warnings, warning => warning.Contains("refresh token", StringComparison.Ordinal));
        _rig["auth.json"] = null;
        _rig.Settings = _rig.Settings with { Credentials = CredentialPolicy.Never };
        await _rig.Sync();
        Assert.Null(_rig["auth.json"]);
        _rig.Settings = _rig.Settings with { Credentials = CredentialPolicy.Always };
        await _rig.Master("config.toml", "cli_auth_credentials_store = 'keyring'").Sync();
        Assert.Null(_rig["auth.json"]);
    }

    [Theory]
    [InlineData("auth.json", """{"tokens":{"refresh_token":"r"}}""", CredentialPolicy.ApiKeyOnly, false)]
    [InlineData("auth.json", """{"OPENAI_API_KEY":"k","tokens":null}""", CredentialPolicy.ApiKeyOnly, true)]
    [InlineData(".credentials.json", """{"s":{"access_token":"a"}}""", CredentialPolicy.ApiKeyOnly, false)]
    [InlineData("multi-auth/one.json", """{"accounts":[{"refreshToken":"r"}]}""", CredentialPolicy.ApiKeyOnly, false)]
    [InlineData("multi-auth/one.json", """{"key":"k"}""", CredentialPolicy.ApiKeyOnly, true)]
    [InlineData("auth.json", """{"tokens":{"refresh_token":"r"}}""", CredentialPolicy.IfUnmodified, true)]
    [InlineData(".credentials.json", """{"s":{"access_token":"a"}}""", CredentialPolicy.IfUnmodified, true)]
    public async Task Credentials_WhoseTokensChangeOnUse_AreTakenOnlyWhenAskedFor(string path, string content, CredentialPolicy policy, bool isTaken)
    {
        _rig.Settings = _rig.Settings with { Credentials = policy };
        await _rig.Master(path, content).Sync();
        Assert.Equal(isTaken ? content : null, _rig[path]);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Login_TakenBeforeTheDefaultChanged_StaysWhenTheMasterHasANewerOne()
    {
        const string First = """{"tokens":{"refresh_token":"1"}}""";
        _rig.Settings = _rig.Settings with { Credentials = CredentialPolicy.IfUnmodified };
        await _rig.Master("auth.json", First).Sync();
        _rig.Settings = _rig.Settings with { Credentials = CredentialPolicy.ApiKeyOnly };
        await _rig.Master("auth.json", """{"tokens":{"refresh_token":"2"}}""").Sync();
        Assert.Equal(First, _rig["auth.json"]);
        await _rig.AssertSettled();
    }

    [Fact]
    public async Task Login_IsReplacedUnderTheLocksOfCodex()
    {
        await _rig.Master("auth.json", "m1").Sync();
        foreach (var name in new[] { "auth.lock", "auth.json.lock" })
        {
            using (_rig.Context.Files.TryLock(_rig.Absolute(name)))
            {
                var error = await Assert.ThrowsAsync<CodexportException>(() => _rig.Master("auth.json", "m2").Sync());
                Assert.Equal(ErrorCode.ConcurrentChange, error.Code);
                Assert.Equal("m1", _rig["auth.json"]);
            }
        }

        await _rig.Sync();
        Assert.Equal("m2", _rig["auth.json"]);
    }
}
