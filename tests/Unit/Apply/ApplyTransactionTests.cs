using Codexport.Engine.Apply;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Apply;

public sealed class ApplyTransactionTests
{
    private static readonly string Folder = ApplyScenario.CodexFolder;

    private readonly ApplyScenario _scenario = new();

    [Fact]
    public async Task Run_OfAnEmptyPlan_WritesNothingAtAll()
    {
        var disk = _scenario.MakeDisk();
        await _scenario.ApplyAsync(disk, _scenario.Plan(disk));
        var before = disk.Snapshot("/home");
        var calls = new FaultyFileSystem(disk);
        var outcome = await _scenario.ApplyAsync(calls, _scenario.Plan(disk));
        Assert.Equal(new ApplyOutcome(0, 0, null), outcome);
        Assert.Equal(before, disk.Snapshot("/home"));
        Assert.InRange(calls.Calls, 1, 5);
    }

    [Theory]
    [InlineData("skills", "/elsewhere")]
    [InlineData("skills/new-0", "/elsewhere")]
    [InlineData("skills/new-0/SKILL.md", "/elsewhere/file")]
    [InlineData("config.toml", "/nowhere")]
    [InlineData("config.toml", "/elsewhere")]
    public async Task Run_WhenALinkIsInTheWay_RefusesAndChangesNothing(string link, string target)
    {
        var disk = new MemoryFileSystem();
        disk.WriteExternally("/elsewhere/file", "kept");
        disk.WriteExternally($"{Folder}/notes.txt", "kept");
        disk.CreateDirectory(Path.GetDirectoryName($"{Folder}/{link}")!, FilePermission.Normal);
        disk.LinkExternally($"{Folder}/{link}", target);
        var before = disk.Snapshot("");
        var error = await FailAsync(disk, Plan(Write("skills/new-0/SKILL.md", "x"), Write("config.toml", "x")));
        Assert.Equal((ErrorCode.PathBlocked, $"{Folder}/{link}"), (error.Code, error.Target?.Replace('\\', '/')));
        AssertUnchanged(before, disk);
    }

    [Fact]
    public async Task Run_WhenAFolderOfTheirOwnIsInTheWay_Refuses()
    {
        var disk = new MemoryFileSystem();
        disk.WriteExternally($"{Folder}/rules/tree/one.md", "ours");
        disk.WriteExternally($"{Folder}/rules/tree/mine.md", "the person's");
        var before = disk.Snapshot("");
        var error = await FailAsync(disk, Plan(Write("rules/tree", "x"), Delete(disk, "rules/tree/one.md")));
        Assert.Equal((ErrorCode.PathBlocked, $"{Folder}/rules/tree"), (error.Code, error.Target?.Replace('\\', '/')));
        AssertUnchanged(before, disk);
    }

    [Fact]
    public async Task Run_WhenTheDiskIsTooSmall_SaysSoBeforehand()
    {
        var disk = new MemoryFileSystem { FreeSpace = 2_000_000 };
        var before = disk.Snapshot("");
        var error = await FailAsync(disk, Plan(Write("a", "x") with { Size = 1_500_000 }));
        Assert.Equal(ErrorCode.DiskFull, error.Code);
        AssertUnchanged(before, disk);
    }

    [Theory]
    [InlineData("../up")]
    [InlineData("/etc/passwd")]
    [InlineData("a\\b")]
    public async Task Run_WithAPathThatLeavesTheHome_Refuses(string path)
    {
        var disk = new MemoryFileSystem();
        Assert.Equal(ErrorCode.PathInvalid, (await FailAsync(disk, Plan(Write(path, "x")))).Code);
        Assert.Equal([""], disk.Snapshot("").Keys);
    }

    [Fact]
    public async Task Run_WithAFileThatIsAlsoAFolder_Refuses()
        => Assert.Equal(ErrorCode.PathInvalid, (await FailAsync(new MemoryFileSystem(), Plan(Write("a", "x"), Write("a/b", "x")))).Code);

    [Fact]
    public async Task Run_WhenATargetChangedSinceThePlan_ChangesNothing()
    {
        var disk = _scenario.MakeDisk();
        var plan = _scenario.Plan(disk);
        disk.WriteExternally($"{Folder}/skills/kept-0/part-0.md", "edited");
        var before = disk.Snapshot("");
        var error = await FailAsync(disk, plan);
        Assert.Equal((ErrorCode.ConcurrentChange, "skills/kept-0/part-0.md"), (error.Code, error.Target));
        Assert.Contains(new KeyValuePair<string, string>(ApplyTransaction.PartlyDoneDetail, "false"), error.Details);
        AssertUnchanged(before, disk);
    }

    [Fact]
    public async Task Run_WhenAKeptContentIsDamaged_ChangesNothing()
    {
        var disk = new MemoryFileSystem();
        var plan = Plan(new PlannedChange("a", ApplyPhase.Files, TargetState.Absent, new TargetState(Sha256Hash.Of("lost"u8), false)));
        Assert.Equal(ErrorCode.StateDamaged, (await FailAsync(disk, plan)).Code);
        Assert.DoesNotContain(disk.Snapshot("").Values, text => text != "folder");
    }

    [Fact]
    public async Task Run_WhereCaseDoesNotCount_TakesARenamingForOneReplacement()
    {
        var disk = new MemoryFileSystem(isCaseSensitive: false);
        disk.WriteExternally($"{Folder}/Readme.md", "old");
        await _scenario.ApplyAsync(disk, Plan(Write("README.md", "new"), Delete(disk, "Readme.md")));
        Assert.Equal("new", System.Text.Encoding.UTF8.GetString(AtomicFile.ReadAllBytes(disk, $"{Folder}/README.md")));
    }

    [Fact]
    public async Task Run_WhenCancelledBeforehand_LeavesNothing()
    {
        var disk = _scenario.MakeDisk();
        var before = disk.Snapshot("");
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ApplyTransaction.RunAsync(
            ApplyScenario.Context(disk), _scenario.Contents, _scenario.Plan(disk), _scenario.Options, source.Token));
        AssertUnchanged(before, disk);
    }

    [Fact]
    public async Task Run_OverAFileOpenToAGroup_LeavesEverythingToThisUserAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes of Unix.");
        const UnixFileMode Odd = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        using var folder = new TemporaryFolder();
        var files = new PhysicalFileSystem();
        var context = new EngineContext(new CodexportHome(folder.Path, folder[".codex"]), files, TimeProvider.System);
        Directory.CreateDirectory(folder[".codex"]);
        await File.WriteAllTextAsync(folder[".codex/AGENTS.md"], "old", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(folder[".codex/AGENTS.md"], Odd);
        var plan = Plan(
            Write("AGENTS.md", "new") with { Before = TargetProbe.Read(files, folder[".codex/AGENTS.md"]) },
            Write("auth.json", "{}") with { IsCredential = true },
            Write("hooks/run.sh", "x") with { After = new TargetState(_scenario.Contents.Add("x"), true) });
        var outcome = await ApplyTransaction.RunAsync(
            context, _scenario.Contents, plan with { AppliedStateFile = folder[".codexport/state/applied"] }, TestContext.Current.CancellationToken);
        Assert.Equal(3, outcome.FilesWritten);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder[".codex/AGENTS.md"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder[".codex/auth.json"]));
        const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(Mine, File.GetUnixFileMode(folder[".codex/hooks/run.sh"]));
        Assert.Equal(Mine, File.GetUnixFileMode(folder[".codex/hooks"]));
    }

    [Fact]
    public async Task Recover_WithADamagedJournal_AsksToComposeAgain()
    {
        var disk = _scenario.MakeDisk();
        disk.WriteExternally(ApplyJournal.JournalFile(ApplyScenario.Home), "codexport-journal 1 00\n{}");
        Assert.Equal(RecoveryStatus.ComposeAgain, _scenario.Recover(disk).Status);
        await _scenario.ApplyAsync(disk, _scenario.Plan(disk));
        _scenario.AssertWhole(disk, isNew: true);
    }

    [Fact]
    public void Recover_WithAJournalOfANewerVersion_Refuses()
    {
        var disk = _scenario.MakeDisk();
        disk.WriteExternally(ApplyJournal.JournalFile(ApplyScenario.Home), "codexport-journal 2 00\n{}");
        Assert.Equal(ErrorCode.StateDamaged, Assert.Throws<CodexportException>(() => _scenario.Recover(disk)).Code);
    }

    private static void AssertUnchanged(SortedDictionary<string, string> before, MemoryFileSystem disk)
    {
        var after = disk.Snapshot("");
        foreach (var folder in after.Keys.Where(path => !before.ContainsKey(path) && after[path] == "folder").ToList())
        {
            // The folder for Codexport's own state may be new; what it holds may not.
            Assert.Contains("/.codexport", "/" + folder, StringComparison.Ordinal);
            after.Remove(folder);
        }

        Assert.Equal(before, after);
    }

    private static ApplyPlan Plan(params PlannedChange[] changes) => new(changes, ApplyScenario.StateFile, null, "test");

    private static PlannedChange Delete(MemoryFileSystem disk, string path)
        => new(path, ApplyPhase.Deletions, TargetProbe.Read(disk, $"{Folder}/{path}"), TargetState.Absent);

    private PlannedChange Write(string path, string text)
        => new(path, ApplyPhase.Files, TargetState.Absent, new TargetState(_scenario.Contents.Add(text), false));

    private async Task<CodexportException> FailAsync(MemoryFileSystem disk, ApplyPlan plan)
        => await Assert.ThrowsAsync<CodexportException>(() => _scenario.ApplyAsync(disk, plan));
}
