using Codexport.Engine.Apply;
using Codexport.Engine.Compose;
using Codexport.Engine.Errors;

namespace Codexport.Tests.Apply;

public sealed class BackupStoreTests
{
    private readonly ApplyScenario _scenario = new();

    [Fact]
    public async Task Restore_AfterAnApply_BringsBackAllButCredentials()
    {
        var disk = _scenario.MakeDisk();
        var before = disk.Snapshot(ApplyScenario.CodexFolder);
        var outcome = await _scenario.ApplyAsync(disk, _scenario.Plan(disk));
        var store = new BackupStore(ApplyScenario.Context(disk));
        var restored = await store.RestoreAsync(store.PlanRestore(outcome.BackupName!, ApplyScenario.StateFile, PlannedChanges.Of), TestContext.Current.CancellationToken);
        before["auth.json"] = "p {\"OPENAI_API_KEY\":\"secret-new\"}";
        Assert.Equal(before, disk.Snapshot(ApplyScenario.CodexFolder));
        Assert.Equal("p " + ApplyScenario.OldState, disk.Snapshot(ApplyScenario.Home.MachineStateFolder)["applied.json"]);
        Assert.Equal(2, store.List().Count);
        Assert.NotNull(restored.BackupName);
    }

    [Fact]
    public async Task PlanRestore_WhenAMadeFileWasEditedSince_LeavesItAlone()
    {
        var disk = _scenario.MakeDisk();
        var outcome = await _scenario.ApplyAsync(disk, _scenario.Plan(disk));
        disk.WriteExternally(ApplyScenario.CodexFolder + "/skills/new-3/SKILL.md", "edited");
        var restore = new BackupStore(ApplyScenario.Context(disk)).PlanRestore(outcome.BackupName!, ApplyScenario.StateFile, PlannedChanges.Of);
        Assert.Equal(["skills/new-3/SKILL.md"], restore.LeftAlone);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"version\":99}")]
    public async Task List_OfABackupWhoseListIsDamaged_NamesIt(string content)
    {
        var disk = _scenario.MakeDisk();
        var outcome = await _scenario.ApplyAsync(disk, _scenario.Plan(disk));
        var store = new BackupStore(ApplyScenario.Context(disk));
        disk.WriteExternally($"{ApplyScenario.Home.BackupsFolder}/{outcome.BackupName}/manifest.json", content);
        var listed = Assert.Single(store.List());
        Assert.Equal(outcome.BackupName, listed.Name);
        Assert.StartsWith("damaged", listed.Label, StringComparison.Ordinal);
        Assert.Equal(DateTimeOffset.UtcNow.Year, listed.CreatedAt.Year);
        var error = Assert.Throws<CodexportException>(() => store.PlanRestore(outcome.BackupName!, ApplyScenario.StateFile, PlannedChanges.Of));
        Assert.Equal(ErrorCode.StateDamaged, error.Code);
    }

    [Theory]
    [InlineData("20200101T000000000Z-00000000")]
    [InlineData("../state")]
    [InlineData("")]
    public void PlanRestore_OfAnUnknownName_IsTyped(string name)
    {
        var store = new BackupStore(ApplyScenario.Context(_scenario.MakeDisk()));
        var error = Assert.Throws<CodexportException>(() => store.PlanRestore(name, ApplyScenario.StateFile, PlannedChanges.Of));
        Assert.Equal(ErrorCode.BackupNotFound, error.Code);
    }

    [Fact]
    public async Task Prune_KeepsTheNewestAndDropsUnfinishedOnes()
    {
        var disk = _scenario.MakeDisk();
        await _scenario.ApplyAsync(disk, _scenario.Plan(disk));
        var folder = ApplyScenario.Home.BackupsFolder;
        for (var hour = 10; hour < 22; hour++)
        {
            disk.WriteExternally(
                $"{folder}/20200101T{hour}0000000Z-00000000/manifest.json",
                "{\"format\":1,\"createdAt\":\"2020-01-01T00:00:00Z\",\"label\":\"old\",\"files\":[]}");
        }

        disk.WriteExternally($"{folder}/20200102T000000000Z-00000000/files/half", "unfinished");
        var store = new BackupStore(ApplyScenario.Context(disk));
        store.Prune(ApplyTransaction.BackupsKept);
        var names = store.List().Select(backup => backup.Name).ToList();
        Assert.Equal(10, names.Count);
        Assert.EndsWith("-00c0ffee", names[0], StringComparison.Ordinal);
        Assert.DoesNotContain("20200101T120000000Z-00000000", names);
        Assert.Null(disk.TryGetEntry($"{folder}/20200102T000000000Z-00000000"));
    }
}
