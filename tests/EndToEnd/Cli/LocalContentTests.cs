using Codexport.Tests.Platform;

namespace Codexport.Tests.Cli;

/// <summary>What a person or Codex puts on a follower, through the built program: it stays, or the sync says why it cannot.</summary>
public sealed class LocalContentTests
{
    private const string Added = "\n# added by codex\n[mcp_servers.mine]\ncommand = \"mine\" # why\n\n[tui]\ntheme = \"dark\"\n\n[notice]\nseen = true\n";

    [Fact]
    public async Task Join_MakesTheOverlaysPlacesWithComments_AndTouchesNothingThatIsThere()
    {
        await using var fixture = new CommandLineFixture();
        CommandLineFixture.Write(fixture.Follower, ".codexport/local.toml", "# my settings\nonDrift = \"keep\" # for now\nonDrifts = 1\n");
        await fixture.StartMasterAsync();
        var join = await fixture.OnFollowerAsync("follower", "join", await fixture.LinkAsync(), "--apply", "--json");
        var settings = CommandLineFixture.Read(fixture.Follower, ".codexport/local.toml");
        Assert.StartsWith("# my settings\nonDrift = \"keep\" # for now\n", settings, StringComparison.Ordinal);
        Assert.Contains("role = \"follower\"", settings, StringComparison.Ordinal);
        Assert.Contains(join.Json["warnings"]!.AsArray(), warning => warning!.GetValue<string>().Contains("'onDrift'", StringComparison.Ordinal));
        Assert.Contains("# [mcp_servers.notes]", CommandLineFixture.Read(fixture.Follower, ".codexport/mcps.local.toml"), StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(fixture.Follower, ".codexport/skills")));
        Assert.True(Directory.Exists(Path.Combine(fixture.Follower, ".codexport/overrides")));

        CommandLineFixture.Write(fixture.Follower, ".codexport/mcps.local.toml", "# mine\n");
        await fixture.JoinAsync();
        Assert.Equal("# mine\n", CommandLineFixture.Read(fixture.Follower, ".codexport/mcps.local.toml"));
    }

    [Fact]
    public async Task Join_WithoutSettings_CreatesThemWithCommentedDefaults()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        var settings = CommandLineFixture.Read(fixture.Follower, ".codexport/local.toml");
        Assert.Contains("# onDrift = \"canonical\"", settings, StringComparison.Ordinal);
        Assert.Contains("# auth = \"api-key-only\"", settings, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatCodexAdded_StaysWithItsComments()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        CommandLineFixture.Write(fixture.Follower, ".codex/config.toml", CommandLineFixture.Read(fixture.Follower, ".codex/config.toml") + Added);
        CommandLineFixture.Write(fixture.Master, ".codex/config.toml", "# team\nmodel = \"gpt-5\"\n\n[mcp_servers.docs]\ncommand = \"docs\"\n");

        var sync = await fixture.PublishAndSyncAsync();

        Assert.True(sync.ExitCode == 0, sync.Output + sync.Error);
        var config = CommandLineFixture.Read(fixture.Follower, ".codex/config.toml");
        Assert.Contains("model = \"gpt-5\"", config, StringComparison.Ordinal);
        Assert.Contains("[mcp_servers.docs]", config, StringComparison.Ordinal);
        Assert.Contains("# added by codex\n[mcp_servers.mine]\ncommand = \"mine\" # why\n", config, StringComparison.Ordinal);
        Assert.Contains("theme = \"dark\"", config, StringComparison.Ordinal);
        Assert.Contains("seen = true", config, StringComparison.Ordinal);
        var change = Assert.Single(sync.Json["changes"]!.AsArray(), change => change!["key"]?.GetValue<string>() == "model")!;
        Assert.Equal(("update", "canonical"), (change["action"]!.GetValue<string>(), change["reason"]!.GetValue<string>()));
        Assert.Equal("current", (await fixture.OnFollowerAsync("sync", "--apply", "--json")).Json["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task ServerNames_InConflict_StopTheSyncUntilAllowed()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        CommandLineFixture.Write(
            fixture.Follower, ".codexport/mcps.local.toml", "[mcp_servers.docs]\ncommand = \"mine\"\nenv = { TOKEN = \"s3cret\" }\n");
        CommandLineFixture.Write(fixture.Master, ".codex/config.toml", "model = \"gpt-5\"\n\n[mcp_servers.docs]\ncommand = \"theirs\"\n");
        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "# Other\n");
        var before = CommandLineFixture.Snapshot(Path.Combine(fixture.Follower, ".codex"));

        var refused = await fixture.PublishAndSyncAsync();

        Assert.Equal((3, "NameConflict"), (refused.ExitCode, refused.ErrorCode));
        Assert.Equal(before, CommandLineFixture.Snapshot(Path.Combine(fixture.Follower, ".codex")));
        Assert.Contains("mine", refused.Output, StringComparison.Ordinal);
        Assert.Contains("theirs", refused.Output, StringComparison.Ordinal);
        Assert.Contains("allowMcpOverrides", refused.Output, StringComparison.Ordinal);
        var status = await fixture.OnFollowerAsync("status", "--json");
        Assert.Equal(["config.toml: mcp_servers.docs"], status.Json["conflicts"]!.AsArray().Select(item => item!.GetValue<string>()));
        var diff = await fixture.OnFollowerAsync("diff");
        Assert.Equal(3, diff.ExitCode);
        Assert.Contains("conflict", diff.Output, StringComparison.Ordinal);
        Assert.Contains("An apply would be refused", diff.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", refused.Output + status.Output + diff.Output, StringComparison.Ordinal);

        CommandLineFixture.Set(fixture.Follower, "allowMcpOverrides = [\"docs\"]");
        var allowed = await fixture.OnFollowerAsync("sync", "--apply", "--json");
        Assert.True(allowed.ExitCode == 0, allowed.Output);
        Assert.Contains(allowed.Json["warnings"]!.AsArray(), warning => warning!.GetValue<string>().Contains("'docs'", StringComparison.Ordinal));
        Assert.Contains(allowed.Json["changes"]!.AsArray(), change => change!["reason"]!.GetValue<string>() == "overlay");
        Assert.Contains("command = \"mine\"", CommandLineFixture.Read(fixture.Follower, ".codex/config.toml"), StringComparison.Ordinal);
        Assert.Equal("# Other\n", CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md"));
    }

    [Fact]
    public async Task Skills_AreOverriddenOnlyWhenAllowed_AndOverridesReplace()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        CommandLineFixture.Write(fixture.Follower, ".codexport/skills/one/SKILL.md", "my skill\n");
        CommandLineFixture.Write(fixture.Follower, ".codexport/skills/own/SKILL.md", "own skill\n");
        var refused = await fixture.OnFollowerAsync("sync", "--apply", "--json");
        Assert.Equal((3, "NameConflict"), (refused.ExitCode, refused.ErrorCode));
        Assert.Contains("allowSkillOverrides", refused.Output, StringComparison.Ordinal);
        Assert.Equal("first skill\n", CommandLineFixture.Read(fixture.Follower, ".codex/skills/one/SKILL.md"));

        CommandLineFixture.Set(fixture.Follower, "allowSkillOverrides = [\"one\"]");
        CommandLineFixture.Write(fixture.Follower, ".codexport/overrides/AGENTS.md", "# My rules\n");
        CommandLineFixture.Write(fixture.Follower, ".codexport/overrides/config.toml", "model = \"mine\"\n");
        var sync = await fixture.OnFollowerAsync("sync", "--apply");
        Assert.True(sync.ExitCode == 0, sync.Output + sync.Error);
        Assert.Contains("overlay", sync.Output, StringComparison.Ordinal);
        Assert.Equal("my skill\n", CommandLineFixture.Read(fixture.Follower, ".codex/skills/one/SKILL.md"));
        Assert.Equal("own skill\n", CommandLineFixture.Read(fixture.Follower, ".codex/skills/own/SKILL.md"));
        Assert.Equal("# My rules\n", CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md"));
        Assert.Equal("# team\nmodel = \"mine\"\n", CommandLineFixture.Read(fixture.Follower, ".codex/config.toml"));
    }

    [Fact]
    public async Task SymbolicLinkInTheWay_ShowsInDiffAndStatusBeforeAnyApply()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        await using var fixture = new CommandLineFixture();
        using var elsewhere = new TemporaryFolder();
        await fixture.StartMasterAsync();
        var join = await fixture.OnFollowerAsync("follower", "join", await fixture.LinkAsync(), "--json");
        Assert.Equal(0, join.ExitCode);
        Directory.CreateDirectory(Path.Combine(fixture.Follower, ".codex"));
        Directory.CreateSymbolicLink(Path.Combine(fixture.Follower, ".codex/skills"), elsewhere.Path);

        var diff = await fixture.OnFollowerAsync("diff", "--json");
        var status = await fixture.OnFollowerAsync("status", "--json");
        var apply = await fixture.OnFollowerAsync("apply", "--json");

        Assert.Contains("symbolic link", diff.Json["problem"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(apply.ErrorCode, diff.Json["problemCode"]!.GetValue<string>());
        Assert.Equal(apply.ExitCode, diff.ExitCode);
        Assert.Contains(status.Json["warnings"]!.AsArray(), warning => warning!.GetValue<string>().Contains("symbolic link", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(elsewhere.Path));
    }
}
