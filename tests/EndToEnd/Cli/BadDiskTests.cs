using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Cli;

/// <summary>Disks, names and connections that fail under the real program: a named error, a remedy, the exit code, nothing changed.</summary>
public sealed class BadDiskTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sync_WhenTheDiskIsFull_ChangesNothingAndGoesOnWhenThereIsRoom()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root on Linux can make a small disk.");
        await using var fixture = new CommandLineFixture();
        var mount = await ProgramRun.RunAsync("mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", fixture.Follower);
        Assert.SkipUnless(mount.ExitCode == 0, "A small disk cannot be mounted here: " + mount.Error.Trim());
        try
        {
            await fixture.StartMasterAsync("--no-watch");
            await fixture.JoinAsync();
            WriteNoise(fixture.Master, ".codex/skills/one/large.bin", 6_000_000);
            await fixture.RebuildAsync();

            var run = await AssertRefusedAsync(fixture, 1, "DiskFull");
            Assert.Contains(fixture.Follower, run.Json["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
            Assert.Contains("room", run.Json["error"]!["remedy"]!.GetValue<string>(), StringComparison.Ordinal);

            Assert.Equal(0, (await ProgramRun.RunAsync("mount", "-o", "remount,size=100m", fixture.Follower)).ExitCode);
            await AssertAppliesAsync(fixture);
        }
        finally
        {
            await ProgramRun.RunAsync("umount", fixture.Follower);
        }
    }

    [Fact]
    public async Task Sync_WhenTheCodexHomeIsReadOnly_NamesTheFolderAndChangesNothing()
    {
        await Unprivileged.RequireAsync();
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync("--no-watch");
        await fixture.JoinAsync();
        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "# News\n");
        await fixture.RebuildAsync();
        await Unprivileged.GiveAsync(fixture.Follower);
        var folder = Path.Combine(fixture.Follower, ".codex");
        var mode = File.GetUnixFileMode(folder);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var run = await AssertRefusedAsync(fixture, 1, "FileUnwritable", Unprivileged.RunAsync);
        Assert.Contains(folder, run.Json["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("permissions", run.Json["error"]!["remedy"]!.GetValue<string>(), StringComparison.Ordinal);

        File.SetUnixFileMode(folder, mode);
        await AssertAppliesAsync(fixture, Unprivileged.RunAsync);
    }

    [Fact]
    public async Task Rebuild_WhenAFileCannotBeRead_NamesItAndKeepsTheLastGoodRevision()
    {
        await Unprivileged.RequireAsync();
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync("--no-watch");
        var before = (await fixture.OnMasterAsync("status", "--json")).Json["revision"]!.GetValue<string>();
        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "# News\n");
        CommandLineFixture.Write(fixture.Master, ".codex/skills/one/closed.md", "nobody reads this\n");
        await Unprivileged.GiveAsync(fixture.Master);
        File.SetUnixFileMode(Path.Combine(fixture.Master, ".codex/skills/one/closed.md"), UnixFileMode.None);

        var run = await Unprivileged.RunAsync("master", "rebuild", "--json", "--home", fixture.Master);

        Assert.Equal((1, "FileUnreadable"), (run.ExitCode, run.ErrorCode));
        Assert.Contains("closed.md", run.Json["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.NotEmpty(run.Json["error"]!["remedy"]!.GetValue<string>());
        Assert.Equal(before, (await Unprivileged.RunAsync("status", "--json", "--home", fixture.Master)).Json["revision"]!.GetValue<string>());
    }

    [Fact]
    public async Task Rebuild_WhenANameCannotTravel_LeavesItOutAndSaysSo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows cannot hold these names at all.");
        await using var fixture = new CommandLineFixture();
        CommandLineFixture.Write(fixture.Master, ".codex/prompts/a:b.md", "1");
        CommandLineFixture.Write(fixture.Master, ".codex/prompts/nul.md", "2");
        CommandLineFixture.Write(fixture.Master, ".codex/prompts/back\\slash.md", "3");
        CommandLineFixture.Write(fixture.Master, ".codex/prompts/fine.md", "4");
        await fixture.StartMasterAsync("--no-watch");

        var run = await fixture.OnMasterAsync("master", "rebuild", "--json");
        var warnings = run.Json["warnings"]!.ToJsonString();
        await fixture.JoinAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.All(["a:b.md", "nul.md", "slash.md"], name => Assert.Contains(name, warnings, StringComparison.Ordinal));
        Assert.Equal(["fine.md"], Directory.EnumerateFiles(Path.Combine(fixture.Follower, ".codex", "prompts")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Join_WhenANameIsSpeltInPieces_WritesItComposed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems spell names in their own way.");
        await using var fixture = new CommandLineFixture();
        CommandLineFixture.Write(fixture.Master, ".codex/prompts/cafe\u0301.md", "au lait\n");
        await fixture.StartMasterAsync("--no-watch");
        await fixture.JoinAsync();

        Assert.Equal(["caf\u00e9.md"], Directory.EnumerateFiles(Path.Combine(fixture.Follower, ".codex", "prompts")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Sync_WhenTheDownloadBreaksOff_ChangesNothingAndTheNextOneFinishes()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync("--no-watch");
        await using var door = new NetworkDoor(fixture.Port);
        var link = (await fixture.LinkAsync()).Replace($"port={fixture.Port}", $"port={door.Port}", StringComparison.Ordinal);
        Assert.Equal(0, (await fixture.OnFollowerAsync("follower", "join", link, "--apply")).ExitCode);
        WriteNoise(fixture.Master, ".codex/skills/one/large.bin", 3_000_000);
        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "# News\n");
        await fixture.RebuildAsync();
        var before = CommandLineFixture.Snapshot(Path.Combine(fixture.Follower, ".codex"));

        door.CutAfter = 500_000;
        ProgramRun run;
        do
        {
            // Until the server has taken up the new revision there is nothing to cut.
            run = await fixture.OnFollowerAsync("sync", "--apply", "--json");
        }
        while (run.ExitCode == 0 && run.Json["status"]!.GetValue<string>() == "current");

        Assert.True(run.ExitCode == 5, run.Output + run.Error);
        Assert.Equal("offline", run.Json["status"]!.GetValue<string>());
        Assert.NotEmpty(run.Json["warnings"]!.AsArray());
        Assert.True(door.Cuts > 0);
        Assert.Equal(before, CommandLineFixture.Snapshot(Path.Combine(fixture.Follower, ".codex")));

        door.CutAfter = long.MaxValue;
        await AssertAppliesAsync(fixture);
    }

    [Fact]
    public async Task Sync_WhenAnotherOneIsAtWork_SaysSoAndLeaves()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync("--no-watch");
        await fixture.JoinAsync();
        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "# News\n");
        await fixture.RebuildAsync();
        var before = CommandLineFixture.Snapshot(fixture.Follower);

        var home = new CodexportHome(fixture.Follower, Path.Combine(fixture.Follower, ".codex"));
        using (FileLock.Acquire(new PhysicalFileSystem(), home.FollowerLockFile))
        {
            var sync = await fixture.OnFollowerAsync("sync", "--apply", "--json");
            var plain = await fixture.OnFollowerAsync("sync", "--apply");
            var apply = await fixture.OnFollowerAsync("apply", "--json");
            var quick = await fixture.OnFollowerAsync("sync", "--quick");

            Assert.Equal((1, "busy"), (sync.ExitCode, sync.Json["status"]!.GetValue<string>()));
            Assert.Equal(1, plain.ExitCode);
            Assert.Contains("Another Codexport", plain.Output, StringComparison.Ordinal);
            Assert.Equal((1, "Busy"), (apply.ExitCode, apply.ErrorCode));
            Assert.NotEmpty(apply.Json["error"]!["remedy"]!.GetValue<string>());
            Assert.Equal((0, string.Empty), (quick.ExitCode, quick.Output));
        }

        Assert.Equal(before, CommandLineFixture.Snapshot(fixture.Follower));
        await AssertAppliesAsync(fixture);
    }

    private static async Task<ProgramRun> AssertRefusedAsync(
        CommandLineFixture fixture, int exitCode, string code, Func<string[], Task<ProgramRun>>? run = null)
    {
        var folder = Path.Combine(fixture.Follower, ".codex");
        var before = CommandLineFixture.Snapshot(folder);
        ProgramRun refused;
        do
        {
            // The server takes up what was published in its own time.
            Token.ThrowIfCancellationRequested();
            refused = await (run ?? ProgramRun.CodexportAsync)(["sync", "--apply", "--json", "--home", fixture.Follower]);
        }
        while (refused.ExitCode == 0 && refused.Json["status"]!.GetValue<string>() == "current");

        Assert.True(exitCode == refused.ExitCode, $"Exit code {refused.ExitCode}: {refused.Output}{refused.Error}");
        Assert.Equal(code, refused.ErrorCode);
        Assert.Equal(before, CommandLineFixture.Snapshot(folder));
        return refused;
    }

    private static async Task AssertAppliesAsync(CommandLineFixture fixture, Func<string[], Task<ProgramRun>>? run = null)
    {
        var deadline = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var sync = await (run ?? ProgramRun.CodexportAsync)(["sync", "--apply", "--json", "--home", fixture.Follower]);
            Assert.True(sync.ExitCode == 0, sync.Output + sync.Error);
            if (sync.Json["status"]!.GetValue<string>() == "applied")
            {
                return;
            }

            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(30), "The news did not come into service.");
        }
    }

    private static void WriteNoise(string home, string path, int size)
    {
        var noise = new byte[size];
        new Random(size).NextBytes(noise);
        File.WriteAllBytes(Path.Combine(home, path), noise);
    }
}
