namespace Codexport.Tests.Cli;

/// <summary>What bad input gets: a named error, a remedy, the documented exit code, and nothing changed in the Codex home.</summary>
public sealed class BadInputTests
{
    [Fact]
    public async Task Join_WhenTheFingerprintIsWrong_IsRefusedWith4()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        var link = await fixture.LinkAsync();
        var start = link.IndexOf("fingerprint=", StringComparison.Ordinal) + "fingerprint=".Length;
        var wrong = string.Concat(link.AsSpan(0, start), new string('a', 64), link.AsSpan(start + 64));

        await AssertRefusedAsync(fixture, 4, "FingerprintMismatch", "follower", "join", wrong, "--apply");
    }

    [Fact]
    public async Task Sync_WhenAnotherMasterStandsAtTheAddress_IsRefusedWith4()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        await fixture.StopServerAsync();
        Directory.Delete(Path.Combine(fixture.Master, ".codexport"), recursive: true);
        await fixture.StartMasterAsync();

        await AssertRefusedAsync(fixture, 4, "FingerprintMismatch", "sync", "--apply");
    }

    [Fact]
    public async Task Join_WhenTheInviteWasRenewed_IsRefusedWith4()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        var old = await fixture.LinkAsync();
        var renewed = await fixture.LinkAsync("--renew");

        await AssertRefusedAsync(fixture, 4, "InviteRefused", "follower", "join", old, "--apply");
        var join = await fixture.OnFollowerAsync("follower", "join", renewed, "--apply", "--json");
        Assert.True(join.ExitCode == 0, join.Output + join.Error);
    }

    [Fact]
    public async Task Sync_WhenTheCredentialIsRevoked_IsRefusedWith4()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        var known = (await fixture.OnMasterAsync("master", "followers", "--json")).Json["followers"]![0]!["id"]!.GetValue<string>();
        Assert.Equal(0, (await fixture.OnMasterAsync("master", "followers", "revoke", known)).ExitCode);
        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "# Secret news\n");
        await fixture.RebuildAsync();

        await AssertRefusedAsync(fixture, 4, "CredentialRefused", "sync", "--apply");
    }

    [Fact]
    public async Task Sync_WhenTheMasterIsAway_ExitsWith5AndQuickStaysSilent()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        await fixture.StopServerAsync();
        var before = CommandLineFixture.Snapshot(Path.Combine(fixture.Follower, ".codex"));

        var sync = await fixture.OnFollowerAsync("sync", "--apply", "--json");
        var quick = await fixture.OnFollowerAsync("sync", "--quick");

        Assert.Equal(5, sync.ExitCode);
        Assert.Equal((0, string.Empty), (quick.ExitCode, quick.Output));
        Assert.Equal(before, CommandLineFixture.Snapshot(Path.Combine(fixture.Follower, ".codex")));
    }

    [Fact]
    public async Task Join_WhenFilesAreThereThatDiffer_NeedsAdopt()
    {
        await using var fixture = new CommandLineFixture();
        CommandLineFixture.Write(fixture.Follower, ".codex/AGENTS.md", "# My own rules\n");
        await fixture.StartMasterAsync();

        await AssertRefusedAsync(fixture, 3, "AdoptionRequired", "follower", "join", await fixture.LinkAsync(), "--apply");

        var adopted = await fixture.OnFollowerAsync("follower", "join", await fixture.LinkAsync(), "--apply", "--adopt", "--json");
        Assert.True(adopted.ExitCode == 0, adopted.Output + adopted.Error);
        Assert.Equal("# Rules\n", CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md"));
        var backup = (await fixture.OnFollowerAsync("backup", "list", "--json")).Json["backups"]!.AsArray()[0]!["name"]!.GetValue<string>();
        Assert.Equal(0, (await fixture.OnFollowerAsync("backup", "restore", backup)).ExitCode);
        Assert.Equal("# My own rules\n", CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md"));
    }

    [Fact]
    public async Task Sync_WhenTheFollowersConfigurationIsBroken_ChangesNothing()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        CommandLineFixture.Write(fixture.Follower, ".codex/config.toml", "model = \n");
        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "# News\n");
        await fixture.RebuildAsync();

        var run = await AssertRefusedAsync(fixture, 1, "TomlInvalid", "sync", "--apply");
        Assert.Contains("config.toml", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rebuild_WhenTheMastersConfigurationIsBroken_KeepsTheLastGoodRevision()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        var before = (await fixture.OnMasterAsync("status", "--json")).Json["revision"]!.GetValue<string>();
        CommandLineFixture.Write(fixture.Master, ".codex/config.toml", "model = [\n");

        var run = await fixture.OnMasterAsync("master", "rebuild", "--json");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("TomlInvalid", run.ErrorCode);
        Assert.Equal(before, (await fixture.OnMasterAsync("status", "--json")).Json["revision"]!.GetValue<string>());
    }

    [Fact]
    public async Task Rebuild_WhenAWholeItemIsGone_IsHeld()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync("--no-watch");
        Directory.Delete(Path.Combine(fixture.Master, ".codex", "skills"), recursive: true);

        var held = await fixture.OnMasterAsync("master", "rebuild");
        Assert.Equal(1, held.ExitCode);
        Assert.Contains("--accept-deletions", held.Output + held.Error, StringComparison.Ordinal);

        Assert.Equal(0, (await fixture.OnMasterAsync("master", "rebuild", "--accept-deletions")).ExitCode);
    }

    [Fact]
    public async Task Apply_WhenASymbolicLinkStandsInTheWay_DoesNotWriteThroughIt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making symbolic links needs rights on Windows.");
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        var outside = Path.Combine(Path.GetDirectoryName(fixture.Follower)!, "outside");
        Directory.CreateDirectory(outside);
        Directory.Delete(Path.Combine(fixture.Follower, ".codex", "skills", "one"), recursive: true);
        Directory.CreateSymbolicLink(Path.Combine(fixture.Follower, ".codex", "skills", "one"), outside);
        CommandLineFixture.Write(fixture.Master, ".codex/skills/one/SKILL.md", "changed\n");
        await fixture.RebuildAsync();

        await AssertRefusedAsync(fixture, 1, "PathBlocked", "sync", "--apply");
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Theory]
    [InlineData("sync --apply", 1, "NotFollower")]
    [InlineData("apply", 1, "NotFollower")]
    [InlineData("diff", 1, "NotFollower")]
    [InlineData("follower leave", 1, "NotFollower")]
    [InlineData("backup restore none", 1, "NotFollower|BackupNotFound")]
    [InlineData("master link --host h", 1, "NotMaster")]
    [InlineData("master rebuild", 1, "NotMaster")]
    [InlineData("master serve", 1, "NotMaster")]
    [InlineData("master followers", 1, "NotMaster")]
    [InlineData("master followers approve nobody", 1, "NotMaster")]
    public async Task Run_WhenTheHomeHasNoRole_NamesItAndChangesNothing(string arguments, int exitCode, string code)
    {
        await using var fixture = new CommandLineFixture();
        var run = await fixture.OnFollowerAsync([.. arguments.Split(' '), "--json"]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(run.ErrorCode, code.Split('|'));
        Assert.Empty(Directory.EnumerateFileSystemEntries(fixture.Follower));
    }

    private static async Task<ProgramRun> AssertRefusedAsync(CommandLineFixture fixture, int exitCode, string code, params string[] arguments)
    {
        var folder = Path.Combine(fixture.Follower, ".codex");
        var before = CommandLineFixture.Snapshot(folder);

        var run = await fixture.OnFollowerAsync([.. arguments, "--json"]);

        Assert.True(exitCode == run.ExitCode, $"Exit code {run.ExitCode}: {run.Output}{run.Error}");
        Assert.Equal(code, run.ErrorCode);
        Assert.False(string.IsNullOrWhiteSpace(run.Json["error"]!["remedy"]!.GetValue<string>()));
        Assert.Equal(before, CommandLineFixture.Snapshot(folder));
        return run;
    }
}
