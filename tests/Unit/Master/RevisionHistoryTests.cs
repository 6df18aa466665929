using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.Tests.Master;

public sealed class RevisionHistoryTests : IDisposable
{
    private readonly MasterHome _home = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task History_SaysWhatEachRevisionChanged()
    {
        _home.Write("AGENTS.md", "one\n");
        _home.Write("skills/a/SKILL.md", "a\n");
        _home.Write("skills/b/SKILL.md", "b\n");
        var first = (await _home.InitializeAsync()).Revision;
        _home.Write("AGENTS.md", "two, and longer\n");
        _home.Write("skills/c/SKILL.md", "c\n");
        File.Delete(_home["skills/b/SKILL.md"]);
        var second = (await _home.RebuildAsync(acceptDeletions: true)).Revision;

        var master = new MasterOperations(_home.Context);
        var list = await master.GetPublishedRevisionsAsync(Stop);
        Assert.Equal([(second, true), (first, false)], list.Select(revision => (revision.Revision, revision.InService)));
        Assert.Equal((3, 1, 1, 1), (list[0].Files, list[0].Added, list[0].Changed, list[0].Removed));
        Assert.Equal((3, null, 8L), (list[1].Files, list[1].Added, list[1].Bytes));

        var changes = await master.GetRevisionChangesAsync(second, Stop);
        Assert.Equal(first, changes.Previous);
        Assert.Equal(
            [("AGENTS.md", ChangeAction.Update, 4L, 16L), ("skills/b/SKILL.md", ChangeAction.Remove, 2L, null), ("skills/c/SKILL.md", ChangeAction.Add, null, 2L)],
            changes.Files.Select(file => (file.Path, file.Action, file.SizeBefore, file.SizeAfter)));
        var lines = await master.GetDifferencesAsync(changes, changes.Files, Stop);
        Assert.Equal(["-one", "+two, and longer", "-b", "+c"], lines.SelectMany(file => file.Lines)
            .Where(line => line.Kind is DifferenceKind.Added or DifferenceKind.Removed)
            .Select(line => (line.Kind == DifferenceKind.Added ? "+" : "-") + line.Text));
    }

    [Fact]
    public async Task Revision_ThatIsNotKept_IsAnError()
    {
        _home.Write("AGENTS.md", "one\n");
        await _home.InitializeAsync();
        var error = await Assert.ThrowsAsync<CodexportException>(() => new MasterOperations(_home.Context).GetRevisionChangesAsync("nothing", Stop));
        Assert.Equal(ErrorCode.RevisionNotFound, error.Code);
    }

    [Fact]
    public async Task Content_ThatIsGone_IsSaidToBe()
    {
        _home.Write("AGENTS.md", "one\n");
        var revision = (await _home.InitializeAsync()).Revision;
        Directory.Delete(_home.Context.Home.ObjectsFolder, recursive: true);
        var master = new MasterOperations(_home.Context);
        var changes = await master.GetRevisionChangesAsync(revision, Stop);
        Assert.Equal("Its content is no longer kept.", Assert.Single(await master.GetDifferencesAsync(changes, changes.Files, Stop)).Note);
    }
}
