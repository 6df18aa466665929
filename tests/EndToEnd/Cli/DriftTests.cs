namespace Codexport.Tests.Cli;

/// <summary>Canonical content that was changed on the follower, through the built program.</summary>
public sealed class DriftTests
{
    [Theory]
    [InlineData("canonical", "gpt-6", "# New\n", true)]
    [InlineData("keep", "mine", "# Mine\n", false)]
    public async Task Drift_FollowsThePolicyAndIsNamed(string policy, string model, string rules, bool hasSkill)
    {
        await using var fixture = new CommandLineFixture();
        await JoinAndEditAsync(fixture, policy);

        var sync = await fixture.PublishAndSyncAsync();

        Assert.True(sync.ExitCode == 0, sync.Output + sync.Error);
        Assert.Equal(
            ["AGENTS.md", "config.toml: model", "skills/two/SKILL.md"],
            sync.Json["drift"]!.AsArray().Select(item => item!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.Equal(3, sync.Json["changes"]!.AsArray().Count(change => change!["reason"]!.GetValue<string>() == "drift"));
        Assert.Equal($"# team\nmodel = \"{model}\"\nlocal = 1\n", CommandLineFixture.Read(fixture.Follower, ".codex/config.toml"));
        Assert.Equal(rules, CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md"));
        Assert.Equal(hasSkill, File.Exists(Path.Combine(fixture.Follower, ".codex/skills/two/SKILL.md")));
        Assert.Equal("mine too\n", CommandLineFixture.Read(fixture.Follower, ".codex/skills/one/notes.md"));
        var waiting = (await fixture.OnFollowerAsync("status", "--json")).Json["drift"]!.AsArray();
        Assert.Equal(policy == "keep" ? 3 : 0, waiting.Count);
        if (policy == "canonical")
        {
            // What was replaced is in the backup.
            var backups = Path.Combine(fixture.Follower, ".codexport/backups");
            Assert.NotEmpty(CommandLineFixture.FilesHolding(backups, "# Mine\n"));
            Assert.NotEmpty(CommandLineFixture.FilesHolding(backups, "model = \"mine\""));
        }
    }

    [Fact]
    public async Task Drift_WhenItShallFail_ChangesNothingAndWaitsInStatus()
    {
        await using var fixture = new CommandLineFixture();
        await JoinAndEditAsync(fixture, "fail");
        var before = CommandLineFixture.Snapshot(Path.Combine(fixture.Follower, ".codex"));

        var refused = await fixture.PublishAndSyncAsync();

        Assert.Equal((3, "DriftRefused"), (refused.ExitCode, refused.ErrorCode));
        Assert.Equal(before, CommandLineFixture.Snapshot(Path.Combine(fixture.Follower, ".codex")));
        var status = await fixture.OnFollowerAsync("status");
        Assert.Contains("config.toml: model", status.Output, StringComparison.Ordinal);
        var diff = await fixture.OnFollowerAsync("diff", "--json");
        Assert.Equal((3, "DriftRefused"), (diff.ExitCode, diff.Json["problemCode"]!.GetValue<string>()));
    }

    [Fact]
    public async Task KeysListedInKeep_BelongToTheFollower()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        CommandLineFixture.Set(fixture.Follower, "keep = [\"model\"]");
        CommandLineFixture.Write(fixture.Follower, ".codex/config.toml", "# team\nmodel = \"mine\" # my own\n");
        CommandLineFixture.Write(fixture.Master, ".codex/config.toml", "# team\nmodel = \"gpt-6\"\nother = 1\n");

        var sync = await fixture.PublishAndSyncAsync();

        Assert.Empty(sync.Json["drift"]!.AsArray());
        Assert.Equal("# team\nmodel = \"mine\" # my own\nother = 1\n", CommandLineFixture.Read(fixture.Follower, ".codex/config.toml"));
        Assert.Contains(sync.Json["changes"]!.AsArray(), change => change!["reason"]!.GetValue<string>() == "keptLocal");
    }

    [Fact]
    public async Task DroppedFiles_GoUnlessChanged_AndForeignOnesAreNeverTouched()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        CommandLineFixture.Write(fixture.Follower, ".codex/skills/one/SKILL.md", "mine\n");
        CommandLineFixture.Write(fixture.Follower, ".codex/skills/two/notes.md", "mine too\n");
        Directory.Delete(Path.Combine(fixture.Master, ".codex/skills"), recursive: true);

        var sync = await fixture.PublishAndSyncAsync();

        Assert.True(sync.ExitCode == 0, sync.Output);
        Assert.Equal("mine\n", CommandLineFixture.Read(fixture.Follower, ".codex/skills/one/SKILL.md"));
        Assert.False(File.Exists(Path.Combine(fixture.Follower, ".codex/skills/two/SKILL.md")));
        Assert.Equal("mine too\n", CommandLineFixture.Read(fixture.Follower, ".codex/skills/two/notes.md"));
        Assert.Equal(1, sync.Json["filesDeleted"]!.GetValue<int>());
    }

    private static async Task JoinAndEditAsync(CommandLineFixture fixture, string policy)
    {
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        CommandLineFixture.Set(fixture.Follower, $"onDrift = \"{policy}\"");
        CommandLineFixture.Write(fixture.Follower, ".codex/config.toml", "# team\nmodel = \"mine\"\nlocal = 1\n");
        CommandLineFixture.Write(fixture.Follower, ".codex/AGENTS.md", "# Mine\n");
        CommandLineFixture.Write(fixture.Follower, ".codex/skills/one/notes.md", "mine too\n");
        File.Delete(Path.Combine(fixture.Follower, ".codex/skills/two/SKILL.md"));
        CommandLineFixture.Write(fixture.Master, ".codex/config.toml", "# team\nmodel = \"gpt-6\"\n");
        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "# New\n");
    }
}
