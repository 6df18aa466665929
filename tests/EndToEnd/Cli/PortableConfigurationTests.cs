using System.Text.Json.Nodes;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Homes;
using Codexport.Engine.Toml;

namespace Codexport.Tests.Cli;

/// <summary>Paths, variables, platforms and hooks on the way from master to follower, through the built program.</summary>
public sealed class PortableConfigurationTests
{
    [Fact]
    public async Task MissingVariable_IsNamedWithFileAndKey_AndForeignOnesArriveAsTheyWere()
    {
        await using var fixture = new CommandLineFixture();
        CommandLineFixture.Write(fixture.Master, ".codexport/local.toml", "[pathVariables]\nwork = \"/srv/work\"\n");
        CommandLineFixture.Write(
            fixture.Master, ".codex/config.toml",
            $"[mcp_servers.w]\ncommand = \"${{work}}/bin\"\nargs = [\"{fixture.Master}/x\", \"${{HOME}}/y\", \"${{GITHUB_TOKEN}}\"]\n");
        await fixture.StartMasterAsync();
        var join = await fixture.OnFollowerAsync("follower", "join", await fixture.LinkAsync(), "--apply", "--json");
        Assert.Equal((1, "VariableMissing"), (join.ExitCode, join.ErrorCode));
        var details = join.Json["error"]!["details"]!;
        Assert.Equal("config.toml", details["file"]!.GetValue<string>());
        Assert.Equal("mcp_servers.w.command", details["key"]!.GetValue<string>());
        Assert.Equal("work", details["variable"]!.GetValue<string>());
        Assert.Contains("'work'", (await fixture.OnFollowerAsync("diff", "--json")).Json["problem"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(fixture.Follower, ".codex/config.toml")));

        var settings = Path.Combine(fixture.Follower, ".codexport/local.toml");
        await File.AppendAllTextAsync(settings, "\n[pathVariables]\nwork = \"/my/work\"\n", TestContext.Current.CancellationToken);
        var sync = await fixture.OnFollowerAsync("sync", "--apply", "--json");
        Assert.True(sync.ExitCode == 0, sync.Output);
        var server = (TomlTable)Config(fixture.Follower).Find(["mcp_servers", "w"])!;
        Assert.Equal("/my/work/bin", server["command"]!.AsString());
        Assert.Equal([$"{fixture.Follower}/x", "${HOME}/y", "${GITHUB_TOKEN}"], ((TomlList)server["args"]!).Select(item => item.AsString()));
    }

    [Fact]
    public async Task PlatformSections_ArePartOfTheRevision()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        var name = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux";
        CommandLineFixture.Write(
            fixture.Master, ".codexport/local.toml",
            CommandLineFixture.Read(fixture.Master, ".codexport/local.toml")
            + $"\n[platform.{name}]\nmodel = \"here\"\nnotify = [\"${{home}}/a\", \"{fixture.Master}/b\", \"${{HOME}}\"]\n[platform.other]\nmodel = \"there\"\n");

        var sync = await fixture.PublishAndSyncAsync();

        Assert.True(sync.ExitCode == 0, sync.Output);
        Assert.NotEqual(sync.Json["previousRevision"]!.GetValue<string>(), sync.Json["revision"]!.GetValue<string>());
        var config = Config(fixture.Follower);
        Assert.Equal("here", config["model"]!.AsString());
        Assert.Equal(
            [$"{fixture.Follower}/a", $"{fixture.Follower}/b", "${HOME}"], ((TomlList)config["notify"]!).Select(item => item.AsString()));
    }

    [Fact]
    public async Task CanonicalKeys_ExportSingleKeysOfMachineLocalTables()
    {
        await using var fixture = new CommandLineFixture();
        CommandLineFixture.Write(fixture.Master, ".codexport/local.toml", "canonicalKeys = [\"notice.hide\"]\n");
        CommandLineFixture.Write(fixture.Master, ".codex/config.toml", "model = \"m\"\n[notice]\nhide = true\nseen = 3\n[projects.\"/p\"]\ntrust_level = \"trusted\"\n");
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        Assert.Equal("model = \"m\"\n[notice]\nhide = true\n", CommandLineFixture.Read(fixture.Follower, ".codex/config.toml"));
    }

    [Fact]
    public async Task Hooks_AreOrderedAndTheirStatesMove()
    {
        await using var fixture = new CommandLineFixture();
        var (theirs, ours) = (Path.Combine(fixture.Master, ".codex/hooks.json"), Path.Combine(fixture.Follower, ".codex/hooks.json"));
        CommandLineFixture.Write(fixture.Master, ".codex/hooks.json", Hooks($"{fixture.Master}/h.sh", "untrusted"));
        CommandLineFixture.Write(
            fixture.Master, ".codex/config.toml", $"[hooks.state.\"{theirs}:session_start:0:0\"]\ntrusted_hash = \"{HashOf(theirs, 0)}\"\n");
        CommandLineFixture.Write(fixture.Follower, ".codex/hooks.json", Hooks("mine", "codexport sync --quick"));
        CommandLineFixture.Write(fixture.Follower, ".codex/config.toml", $"[hooks.state.\"{ours}:session_start:0:0\"]\nenabled = false\n");
        await fixture.StartMasterAsync();

        var join = await fixture.OnFollowerAsync("follower", "join", await fixture.LinkAsync(), "--apply", "--json");

        Assert.True(join.ExitCode == 0, join.Output);
        Assert.Equal(["codexport sync --quick", $"{fixture.Follower}/h.sh", "untrusted", "mine"], Read(ours).Select(handler => handler.Command));
        var states = TomlHooks.ReadStates(Config(fixture.Follower));
        Assert.Equal(2, states.Count);
        Assert.Equal(HashOf(ours, 1), states[$"{ours}:session_start:1:0"].TrustedHash);
        Assert.False(states[$"{ours}:session_start:3:0"].IsEnabled);
        Assert.Contains($"{fixture.Follower}/h.sh", Assert.Single(join.Json["newlyTrustedHooks"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);

        CommandLineFixture.Write(fixture.Master, ".codex/hooks.json", Hooks("new", $"{fixture.Master}/h.sh"));
        var sync = await fixture.PublishAndSyncAsync();
        Assert.True(sync.ExitCode == 0, sync.Output);
        Assert.Equal(["codexport sync --quick", "new", $"{fixture.Follower}/h.sh", "mine"], Read(ours).Select(handler => handler.Command));
        states = TomlHooks.ReadStates(Config(fixture.Follower));
        Assert.False(states.ContainsKey($"{ours}:session_start:1:0"));
        Assert.Equal(HashOf(ours, 2), states[$"{ours}:session_start:2:0"].TrustedHash);
        Assert.False(states[$"{ours}:session_start:3:0"].IsEnabled);
    }

    private static TomlTable Config(string home) => TomlDocument.Parse(CommandLineFixture.Read(home, ".codex/config.toml")).Root;

    private static IReadOnlyList<HookHandler> Read(string path) => HooksFile.Parse(File.ReadAllBytes(path), path).Handlers;

    private static string HashOf(string path, int index) => HookTrust.Hash(Read(path)[index], PathStyle.Current)!;

    private static string Hooks(params string[] commands) => new JsonObject
    {
        ["hooks"] = new JsonObject
        {
            ["SessionStart"] = new JsonArray([.. commands.Select(JsonNode (command) => new JsonObject
            {
                ["hooks"] = new JsonArray(new JsonObject { ["type"] = "command", ["command"] = command }),
            })]),
        },
    }.ToJsonString();
}
