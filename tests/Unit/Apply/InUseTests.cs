using Codexport.Engine.Apply;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Apply;

/// <summary>Files that another program has open, and folders that it works in, under the rules of Windows.</summary>
public sealed class InUseTests
{
    private readonly ApplyScenario _scenario = new();

    [Fact]
    public async Task Run_WhenAnyTargetIsHeld_ChangesNothingAndNamesIt()
    {
        var count = 0;
        foreach (var change in _scenario.Plan(MakeDisk()).Changes.Where(change => change.Before.Hash is not null))
        {
            var disk = MakeDisk();
            var target = change.Path == "config.toml" ? ApplyScenario.LinkedConfiguration : $"{ApplyScenario.CodexFolder}/{change.Path}";
            using (disk.Hold(target))
            {
                var error = await Assert.ThrowsAsync<CodexportException>(() => _scenario.ApplyAsync(disk, _scenario.Plan(disk)));
                Assert.Equal(ErrorCode.FileUnwritable, error.Code);
                Assert.Equal(target, error.Target?.Replace('\\', '/'));
                _scenario.AssertWhole(disk, isNew: false);
                Assert.False(ApplyRecovery.IsNeeded(ApplyScenario.Context(disk)));
            }

            await _scenario.ApplyAsync(disk, _scenario.Plan(disk));
            _scenario.AssertWhole(disk, isNew: true);
            count++;
        }

        Assert.InRange(count, 25, 50);
    }

    [Theory]
    [InlineData("skills/kept-1/part-1.md")]
    [InlineData("skills/gone-1/sub/file-1.md")]
    [InlineData("hooks.json")]
    public async Task Run_WhenATargetGetsHeldMeanwhile_IsFinishedOrUndoneOnceItIsFree(string path)
    {
        var counting = new FaultyFileSystem(MakeDisk());
        await _scenario.ApplyAsync(counting, _scenario.Plan(MakeDisk()));
        var refusals = 0;
        for (var call = 1; call <= counting.Calls; call++)
        {
            var disk = MakeDisk();
            IDisposable? hold = null;
            var target = $"{ApplyScenario.CodexFolder}/{path}";
            var faulty = new FaultyFileSystem(disk) { FailAt = call, Meanwhile = () => hold = disk.TryGetEntry(target) is null ? null : disk.Hold(target) };
            var error = await Record.ExceptionAsync(() => _scenario.ApplyAsync(faulty, _scenario.Plan(disk)));
            hold?.Dispose();
            refusals += error is null ? 0 : 1;
            Assert.True(error is null or CodexportException { Code: ErrorCode.FileUnwritable }, error?.ToString());
            var isNew = error is null || disk.TryGetEntry(ApplyJournal.JournalFile(ApplyScenario.Home)) is not null;
            Assert.NotEqual(RecoveryStatus.ComposeAgain, _scenario.Recover(disk).Status);
            _scenario.AssertWhole(disk, isNew);
        }

        Assert.True(refusals > 0);
    }

    [Fact]
    public async Task Run_WhenAFolderThatGoesIsWorkedIn_IsFinishedAndLeavesItEmpty()
    {
        var disk = MakeDisk();
        var folder = $"{ApplyScenario.CodexFolder}/skills/gone-1/sub";
        using (disk.Hold(folder))
        {
            var outcome = await _scenario.ApplyAsync(disk, _scenario.Plan(disk));
            Assert.Equal(10, outcome.FilesDeleted);
        }

        Assert.Empty(disk.Enumerate(folder));
        Assert.False(ApplyRecovery.IsNeeded(ApplyScenario.Context(disk)));
        disk.DeleteEmptyDirectory(folder);
        disk.DeleteEmptyDirectory($"{ApplyScenario.CodexFolder}/skills/gone-1");
        _scenario.AssertWhole(disk, isNew: true);
    }

    [Fact]
    public async Task Run_WhenAFolderThatBecomesAFileIsWorkedIn_ChangesNothing()
    {
        var disk = MakeDisk();
        using (disk.Hold($"{ApplyScenario.CodexFolder}/rules/tree"))
        {
            var error = await Assert.ThrowsAsync<CodexportException>(() => _scenario.ApplyAsync(disk, _scenario.Plan(disk)));
            Assert.Contains("another program has it open, or works in it", FileErrors.Reason(error.InnerException!, isWindows: true), StringComparison.Ordinal);
            _scenario.AssertWhole(disk, isNew: false);
        }

        await _scenario.ApplyAsync(disk, _scenario.Plan(disk));
        _scenario.AssertWhole(disk, isNew: true);
    }

    private MemoryFileSystem MakeDisk() => _scenario.MakeDisk(rules: DiskRules.Windows);
}
