using System.Collections.Concurrent;
using Codexport.Engine.Apply;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Apply;

/// <summary>Every call of an apply of 50 changes fails once, and the machine stops at every one of them.</summary>
public sealed class CrashMatrixTests
{
    private const string PersonsEdit = "\n[projects.\"/new\"]\ntrust_level = \"trusted\"";

    private readonly ApplyScenario _scenario = new();

    [Fact]
    public async Task Run_WhenNothingFails_AppliesAllAndKeepsABackup()
    {
        var disk = _scenario.MakeDisk();
        var plan = _scenario.Plan(disk);
        var outcome = await _scenario.ApplyAsync(disk, plan);
        Assert.Equal(50, plan.Changes.Count);
        Assert.Equal((40, 10), (outcome.FilesWritten, outcome.FilesDeleted));
        _scenario.AssertWhole(disk, isNew: true);
        var backup = Assert.Single(new BackupStore(ApplyScenario.Context(disk)).List());
        Assert.Equal((outcome.BackupName, "old"), (backup.Name, backup.Label));
    }

    [Theory]
    [InlineData(true, DiskRules.Unix)]
    [InlineData(false, DiskRules.Unix)]
    [InlineData(false, DiskRules.Windows)]
    public async Task Run_WhenAnyCallFails_LeavesOldOrNewWholeAfterTheNextRun(bool hasVolumeFlush, DiskRules rules)
    {
        await ForEachCallAsync(await CountCallsAsync(hasVolumeFlush, rules), async call =>
        {
            var disk = _scenario.MakeDisk(hasVolumeFlush, rules);
            var faulty = new FaultyFileSystem(disk) { FailAt = call };
            var error = await Record.ExceptionAsync(() => _scenario.ApplyAsync(faulty, _scenario.Plan(disk)));
            var place = faulty.Last;
            var isCommitted = IsCommitted(disk);
            if (error is null)
            {
                // Only the pruning of old backups, after all is done, is not a failure of the apply.
                Assert.False(isCommitted, place);
            }
            else
            {
                Assert.Equal(ErrorCode.DiskFull, Assert.IsType<CodexportException>(error).Code);
            }

            var isFinished = !isCommitted && StateText(disk) == ApplyScenario.NewState;
            if (!isCommitted && !isFinished && !ApplyRecovery.IsNeeded(ApplyScenario.Context(disk)))
            {
                // A refusal before the journal leaves nothing even before the next run.
                _scenario.AssertWhole(disk, isNew: false);
                Assert.Empty(new BackupStore(ApplyScenario.Context(disk)).List());
            }

            _scenario.Recover(disk);
            AssertWhole(disk, isCommitted || isFinished, "", call, place);
        });
    }

    [Theory]
    [InlineData(PowerLoss.ProcessOnly, true, DiskRules.Unix)]
    [InlineData(PowerLoss.NothingSinceBarrier, true, DiskRules.Unix)]
    [InlineData(PowerLoss.HalfOfTheNames, true, DiskRules.Unix)]
    [InlineData(PowerLoss.NamesWithoutContents, true, DiskRules.Unix)]
    [InlineData(PowerLoss.HalfOfTheNames, false, DiskRules.Unix)]
    [InlineData(PowerLoss.ProcessOnly, false, DiskRules.Windows)]
    [InlineData(PowerLoss.HalfOfTheNames, false, DiskRules.Windows)]
    [InlineData(PowerLoss.NamesWithoutContents, false, DiskRules.Windows)]
    public async Task Run_WhenTheMachineStopsAtAnyCall_OldOrNewIsWholeAfterTheNextRun(PowerLoss loss, bool hasVolumeFlush, DiskRules rules)
    {
        await ForEachCallAsync(await CountCallsAsync(hasVolumeFlush, rules), async call =>
        {
            var (disk, place) = await CrashAsync(call, loss, hasVolumeFlush, rules);
            var isNew = IsCommitted(disk) || StateText(disk) == ApplyScenario.NewState;
            var recovery = _scenario.Recover(disk);
            Assert.NotEqual(RecoveryStatus.ComposeAgain, recovery.Status);
            AssertWhole(disk, isNew, "", call, place);
            if (call % 7 == 0)
            {
                await _scenario.ApplyAsync(disk, _scenario.Plan(disk));
                AssertWhole(disk, isNew: true, "", call, place);
            }
        });
    }

    [Theory]
    [InlineData(PowerLoss.ProcessOnly, DiskRules.Unix)]
    [InlineData(PowerLoss.HalfOfTheNames, DiskRules.Unix)]
    [InlineData(PowerLoss.ProcessOnly, DiskRules.Windows)]
    public async Task Recover_WhenItStopsAtAnyCallToo_TheThirdRunIsWhole(PowerLoss loss, DiskRules rules)
    {
        await ForEachCallAsync(await CountCallsAsync(hasVolumeFlush: true, rules), async call =>
        {
            for (var second = 1; call % 37 == 3; second += 5)
            {
                var (disk, place) = await CrashAsync(call, loss, hasVolumeFlush: true, rules);
                var isNew = IsCommitted(disk) || StateText(disk) == ApplyScenario.NewState;
                var faulty = new FaultyFileSystem(disk) { FailAt = second, IsPowerLoss = true };
                var stopped = Record.Exception(() => _scenario.Recover(faulty)) is PowerLossException;
                disk.LosePower(loss);
                Assert.NotEqual(RecoveryStatus.ComposeAgain, _scenario.Recover(disk).Status);
                AssertWhole(disk, isNew, "", call, place);
                if (!stopped)
                {
                    break;
                }
            }
        });
    }

    [Fact]
    public async Task Recover_WhenCodexWroteItsConfigurationInBetween_KeepsBothSides()
    {
        await ForEachCallAsync(await CountCallsAsync(hasVolumeFlush: true), async call =>
        {
            var (disk, place) = await CrashAsync(call, PowerLoss.ProcessOnly, hasVolumeFlush: true);
            var isCommitted = IsCommitted(disk);
            var isNew = StateText(disk) == ApplyScenario.NewState;
            AppendToConfiguration(disk);
            var recovery = _scenario.Recover(disk);
            Assert.Equal(isCommitted, recovery.Status == RecoveryStatus.ComposeAgain);
            if (isCommitted)
            {
                Assert.Equal("config.toml", recovery.OvertakenPath);
                Assert.True(ApplyRecovery.IsNeeded(ApplyScenario.Context(disk)), "The mark of a mixture stays until a transaction is through.");
                Assert.Equal(RecoveryStatus.ComposeAgain, _scenario.Recover(disk).Status);
            }
            else
            {
                AssertWhole(disk, isNew, PersonsEdit, call, place);
            }

            await _scenario.ApplyAsync(disk, _scenario.Plan(disk));
            AssertWhole(disk, isNew: true, PersonsEdit, call, place);
        });
    }

    [Fact]
    public async Task Run_WhenCodexWritesItsConfigurationMeanwhile_StopsAndTheNextRunKeepsBothSides()
    {
        var lost = new ConcurrentBag<string>();
        await ForEachCallAsync(await CountCallsAsync(hasVolumeFlush: true), async call =>
        {
            var disk = _scenario.MakeDisk();
            var faulty = new FaultyFileSystem(disk) { FailAt = call, Meanwhile = () => AppendToConfiguration(disk) };
            var error = await Record.ExceptionAsync(() => _scenario.ApplyAsync(faulty, _scenario.Plan(disk)));
            Assert.True(error is null or CodexportException { Code: ErrorCode.ConcurrentChange, Target: "config.toml" }, error?.ToString());
            if (!ReadConfiguration(disk).Contains("/new", StringComparison.Ordinal))
            {
                lost.Add(faulty.Last);
                return;
            }

            await _scenario.ApplyAsync(disk, _scenario.Plan(disk));
            AssertWhole(disk, isNew: true, PersonsEdit, call, faulty.Last);
        });

        // Between the last look and the rename there is one system call; no file system offers a rename on condition.
        Assert.Equal(["move " + ApplyScenario.LinkedConfiguration], lost);
    }

    [Fact]
    public async Task Run_WhenCodexRefreshesItsLoginMeanwhile_NeverWritesOverIt()
    {
        const string Refreshed = "{\"OPENAI_API_KEY\":\"secret-own\"}";
        var login = $"{ApplyScenario.Home.CodexFolder}/auth.json";
        var calls = await CountCallsAsync(hasVolumeFlush: true);
        var lost = new List<string>();
        for (var call = 1; call <= calls; call++)
        {
            var disk = _scenario.MakeDisk();
            var faulty = new FaultyFileSystem(disk)
            {
                FailAt = call,
                Meanwhile = () => disk.WriteExternally(login, Refreshed, FilePermission.Private),
            };
            var error = await Record.ExceptionAsync(() => _scenario.ApplyAsync(faulty, _scenario.Plan(disk)));
            Assert.True(error is null or CodexportException { Code: ErrorCode.ConcurrentChange, Target: "auth.json" }, error?.ToString());
            if (System.Text.Encoding.UTF8.GetString(AtomicFile.ReadAllBytes(disk, login)) != Refreshed)
            {
                lost.Add(faulty.Last);
            }
        }

        Assert.Equal(["move " + login], lost);
    }

    private static bool IsCommitted(MemoryFileSystem disk) => disk.TryGetEntry(ApplyJournal.JournalFile(ApplyScenario.Home)) is not null;

    private static string StateText(MemoryFileSystem disk)
        => System.Text.Encoding.UTF8.GetString(AtomicFile.ReadAllBytes(disk, ApplyScenario.StateFile));

    private static string ReadConfiguration(MemoryFileSystem disk)
        => System.Text.Encoding.UTF8.GetString(AtomicFile.ReadAllBytes(disk, ApplyScenario.LinkedConfiguration));

    private static void AppendToConfiguration(MemoryFileSystem disk)
        => disk.WriteExternally(ApplyScenario.LinkedConfiguration, ReadConfiguration(disk) + PersonsEdit, FilePermission.Private);

    /// <summary>Every call of a run on a disk of its own, over the processors.</summary>
    private static Task ForEachCallAsync(int calls, Func<int, Task> act) => Parallel.ForEachAsync(
        Enumerable.Range(1, calls), TestContext.Current.CancellationToken, async (call, _) => await act(call));

    private async Task<int> CountCallsAsync(bool hasVolumeFlush, DiskRules rules = DiskRules.Unix)
    {
        var disk = _scenario.MakeDisk(hasVolumeFlush, rules);
        var counting = new FaultyFileSystem(disk);
        await _scenario.ApplyAsync(counting, _scenario.Plan(disk));
        Assert.InRange(counting.Calls, 300, 3000);
        return counting.Calls;
    }

    private async Task<(MemoryFileSystem Disk, string Place)> CrashAsync(int call, PowerLoss loss, bool hasVolumeFlush, DiskRules rules = DiskRules.Unix)
    {
        var disk = _scenario.MakeDisk(hasVolumeFlush, rules);
        var faulty = new FaultyFileSystem(disk) { FailAt = call, IsPowerLoss = true };
        Assert.IsType<PowerLossException>(await Record.ExceptionAsync(() => _scenario.ApplyAsync(faulty, _scenario.Plan(disk))));
        disk.LosePower(loss);
        return (disk, faulty.Last);
    }

    private void AssertWhole(MemoryFileSystem disk, bool isNew, string personsLines, int call, string place)
    {
        try
        {
            _scenario.AssertWhole(disk, isNew, personsLines);
        }
        catch (Xunit.Sdk.XunitException error)
        {
            Assert.Fail($"At call {call} ({place}), expecting the {(isNew ? "new" : "old")} revision: {error.Message}");
        }
    }
}
