using System.Text.Json.Nodes;

namespace Codexport.Tests.Cli;

/// <summary>The main job through the built program: real processes, real network, real disk.</summary>
public sealed class EndToEndTests
{
    [Fact]
    public async Task MasterAndFollower_ThroughTheirWholeLife_KeepThePromises()
    {
        await using var fixture = new CommandLineFixture();
        CommandLineFixture.Write(fixture.Follower, ".codex/config.toml", "[projects.\"/mine\"]\ntrust_level = \"trusted\"\n");
        await fixture.StartMasterAsync();

        // Join.
        var join = await fixture.OnFollowerAsync("follower", "join", await fixture.LinkAsync(), "--apply", "--json");
        Assert.True(join.ExitCode == 0, join.Output + join.Error);
        AssertSyncShape(join.Json, "applied");
        Assert.Equal("# Rules\n", CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md"));
        var config = CommandLineFixture.Read(fixture.Follower, ".codex/config.toml");
        Assert.Contains("model = \"gpt-5-codex\"", config, StringComparison.Ordinal);
        Assert.Contains("[projects.\"/mine\"]", config, StringComparison.Ordinal);

        // Nothing changed.
        var current = await fixture.OnFollowerAsync("sync", "--json");
        AssertSyncShape(current.Json, "current");
        var quick = await fixture.OnFollowerAsync("sync", "--quick");
        Assert.Equal((0, string.Empty, string.Empty), (quick.ExitCode, quick.Output, quick.Error));

        // A change is staged, shown and applied.
        var first = join.Json["revision"]!.GetValue<string>();
        CommandLineFixture.Write(fixture.Master, ".codex/skills/one/SKILL.md", "changed skill\n");
        File.Delete(Path.Combine(fixture.Master, ".codex/skills/two/SKILL.md"));
        await fixture.RebuildAsync("--accept-deletions");
        var staged = await SyncUntilAsync(fixture, "staged");
        Assert.NotEqual(first, staged.Json["revision"]!.GetValue<string>());
        Assert.Equal("first skill\n", CommandLineFixture.Read(fixture.Follower, ".codex/skills/one/SKILL.md"));
        var diff = await fixture.OnFollowerAsync("diff", "--json");
        Assert.Equal(0, diff.ExitCode);
        var paths = diff.Json["changes"]!.AsArray().Select(change => change!["path"]!.GetValue<string>()).ToList();
        Assert.Contains("skills/one/SKILL.md", paths);
        Assert.Contains("skills/two/SKILL.md", paths);
        var apply = await fixture.OnFollowerAsync("apply", "--json");
        AssertSyncShape(apply.Json, "applied");
        Assert.Equal("changed skill\n", CommandLineFixture.Read(fixture.Follower, ".codex/skills/one/SKILL.md"));
        Assert.False(File.Exists(Path.Combine(fixture.Follower, ".codex/skills/two/SKILL.md")));

        await AssertStatusBackupAndRollbackAsync(fixture, first);
        await AssertFleetAndLeaveAsync(fixture);
    }

    [Fact]
    public async Task Join_WithSeveralAddresses_TakesTheOneThatAnswersAndKeepsThemInTheirOrder()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        var link = await fixture.OnMasterAsync("master", "link", "--host", "127.0.0.1", "--json");
        var invite = link.Json["joinLink"]!.GetValue<string>().Split("invite=")[1].Split('&')[0];

        // Nobody listens on the first: the server has 127.0.0.1 alone.
        var join = await fixture.OnFollowerAsync(
            "follower", "join", "--master", $"http://127.0.0.2:{fixture.Port}", "--master", $"https://127.0.0.1:{fixture.Port}",
            "--fingerprint", link.Json["fingerprint"]!.GetValue<string>(), "--invite", invite, "--apply", "--json");

        Assert.True(join.ExitCode == 0, join.Output + join.Error);
        AssertSyncShape(join.Json, "applied");
        Assert.Contains(
            $"masterUrls = [\"https://127.0.0.2:{fixture.Port}\", \"https://127.0.0.1:{fixture.Port}\"]",
            CommandLineFixture.Read(fixture.Follower, ".codexport/local.toml"), StringComparison.Ordinal);
        Assert.Equal(0, (await fixture.OnFollowerAsync("sync", "--apply")).ExitCode);
    }

    [Fact]
    public async Task Watcher_WhenAFileIsSaved_PublishesByItself()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();

        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "# Other rules\n");
        await SyncUntilAsync(fixture, "applied", "--apply");

        Assert.Equal("# Other rules\n", CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md"));
    }

    [Fact]
    public async Task Demo_TouchesNothingAndHolds()
    {
        var run = await ProgramRun.CodexportAsync("demo", "--json");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.True(run.Json["succeeded"]!.GetValue<bool>());
        Assert.True(run.Json["steps"]!.AsArray().Count >= 6);

        var text = await ProgramRun.CodexportAsync("demo");
        Assert.Equal(0, text.ExitCode);
        Assert.Empty(text.Error);
        Assert.Contains("STEP", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_WhenPiped_HasNoProgressAndNoEscapes()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();

        var join = await fixture.OnFollowerAsync("follower", "join", await fixture.LinkAsync(), "--apply");
        var status = await fixture.OnFollowerAsync("status");
        var quiet = await fixture.OnFollowerAsync("sync", "--quiet");

        Assert.Empty(join.Error);
        Assert.DoesNotContain('\r', join.Output);
        Assert.DoesNotContain('\u001b', join.Output);
        Assert.Contains("Applied revision", join.Output, StringComparison.Ordinal);
        Assert.Contains("Role:", status.Output, StringComparison.Ordinal);
        Assert.Equal((0, string.Empty, string.Empty), (quiet.ExitCode, quiet.Output, quiet.Error));
    }

    [Fact]
    public async Task Init_InJson_HasTheDocumentedFields()
    {
        await using var fixture = new CommandLineFixture();

        var init = await fixture.OnMasterAsync("master", "init", "--json");

        Assert.Equal(0, init.ExitCode);
        Assert.Equal("master", init.Json["role"]!.GetValue<string>());
        Assert.Matches("^[0-9a-f]{64}$", init.Json["fingerprint"]!.GetValue<string>());
        Assert.Matches("^[0-9a-f]{64}$", init.Json["revision"]!.GetValue<string>());
        Assert.Equal(4, init.Json["files"]!.GetValue<int>());
        var link = await fixture.OnMasterAsync("master", "link", "--host", "master.example", "--json");
        Assert.StartsWith("codexport://join?host=master.example&port=17342&fingerprint=", link.Json["joinLink"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("codexport follower join", link.Json["command"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    /// <summary>Syncs until the server has taken up what was published a moment ago.</summary>
    private static async Task<ProgramRun> SyncUntilAsync(CommandLineFixture fixture, string status, params string[] options)
    {
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (true)
        {
            var run = await fixture.OnFollowerAsync(["sync", "--json", .. options]);
            Assert.True(run.ExitCode == 0, run.Output + run.Error);
            if (run.Json["status"]!.GetValue<string>() == status)
            {
                return run;
            }

            Assert.True(DateTime.UtcNow < deadline, $"The change did not arrive: {run.Output}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static async Task AssertStatusBackupAndRollbackAsync(CommandLineFixture fixture, string first)
    {
        var status = await fixture.OnFollowerAsync("status", "--json");
        Assert.Equal(0, status.ExitCode);
        Assert.Equal("follower", status.Json["role"]!.GetValue<string>());
        Assert.Equal(3, status.Json["files"]!.GetValue<int>());

        var backups = await fixture.OnFollowerAsync("backup", "list", "--json");
        var newest = backups.Json["backups"]!.AsArray()[0]!["name"]!.GetValue<string>();
        var restore = await fixture.OnFollowerAsync("backup", "restore", newest, "--json");
        Assert.True(restore.ExitCode == 0, restore.Output + restore.Error);
        Assert.Equal("first skill\n", CommandLineFixture.Read(fixture.Follower, ".codex/skills/one/SKILL.md"));
        Assert.Equal("second skill\n", CommandLineFixture.Read(fixture.Follower, ".codex/skills/two/SKILL.md"));

        await fixture.OnFollowerAsync("sync", "--apply");
        Assert.Equal("changed skill\n", CommandLineFixture.Read(fixture.Follower, ".codex/skills/one/SKILL.md"));
        var rollback = await fixture.OnFollowerAsync("apply", "--revision", first[..12], "--json");
        AssertSyncShape(rollback.Json, "applied");
        Assert.Equal(first, rollback.Json["revision"]!.GetValue<string>());
        Assert.Equal("first skill\n", CommandLineFixture.Read(fixture.Follower, ".codex/skills/one/SKILL.md"));
    }

    private static async Task AssertFleetAndLeaveAsync(CommandLineFixture fixture)
    {
        var followers = await fixture.OnMasterAsync("master", "followers", "--json");
        var known = Assert.Single(followers.Json["followers"]!.AsArray());
        Assert.Equal("approved", known!["state"]!.GetValue<string>());

        var leave = await fixture.OnFollowerAsync("follower", "leave", "--json");
        Assert.True(leave.ExitCode == 0, leave.Output + leave.Error);
        Assert.Equal("none", (await fixture.OnFollowerAsync("status", "--json")).Json["role"]!.GetValue<string>());
        Assert.Equal("# Rules\n", CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md"));
    }

    private static void AssertSyncShape(JsonObject json, string status)
    {
        Assert.Equal(status, json["status"]?.GetValue<string>());
        Assert.Matches("^[0-9a-f]{64}$", json["revision"]!.GetValue<string>());
        Assert.True(json.ContainsKey("previousRevision"));
        Assert.True(json["filesWritten"]!.GetValue<int>() >= 0);
        Assert.True(json["filesDeleted"]!.GetValue<int>() >= 0);
        Assert.True(json["bytesDownloaded"]!.GetValue<long>() >= 0);
        Assert.NotNull(json["drift"]!.AsArray());
        Assert.NotNull(json["warnings"]!.AsArray());
    }
}
