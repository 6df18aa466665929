using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Watching;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Tests.Platform;
using FsCheck;
using FsCheck.Xunit;

namespace Codexport.Tests.Master;

public sealed class IncrementalRebuildTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Property(MaxTest = 60)]
    public void Scan_AfterAnyEdits_IsThatOfAFullScan(DoNotSize<int> seed)
    {
        using var home = new MasterHome();
        var edits = new HomeEdits(home, seed.Item);
        edits.Fill();
        var tree = home.Scan().Tree;
        for (var round = 0; round < 4; round++)
        {
            var changes = HomeChanges.Of(edits.Make());
            var incremental = home.Scan(tree, changes);
            var full = home.Scan();
            Assert.Equal(full.Files, incremental.Files);
            Assert.Equal(full.Warnings, incremental.Warnings);
            tree = incremental.Tree;
        }
    }

    [Fact]
    public void Scan_WhenAFolderDidNotChange_IsNotReadAgain()
    {
        using var home = new MasterHome();
        home.Write("skills/a/1");
        home.Write("skills/b/1");
        var listed = new List<string>();
        var watched = new FaultyFileSystem(home.Context.Files) { Seen = (call, path) => (call == "list" ? listed : []).Add(path) };
        HomeScanner Scanner() => new(home.Context with { Files = watched }, new(), Limits.Default);
        var tree = Scanner().Scan(null, HomeChanges.Everything, Stop).Tree;
        listed.Clear();
        Scanner().Scan(tree, HomeChanges.Of([new HomeChange(home["skills/b/1"], IsTree: false)]), Stop);
        Assert.Equal([home.Codex, home["skills/b"]], listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rebuild_OfOneChange_PublishesWhatAFullRebuildWould()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md", "one");
        home.Write("skills/a/1", "one");
        home.Write("skills/b/1", "one");
        await home.InitializeAsync();
        await using var rebuilder = new ContinuousRebuilder(home.Context);
        Assert.Equal(RebuildStatus.Current, (await rebuilder.RunAsync(HomeChanges.Everything, Stop)).Status);
        home.Write("skills/a/1", "two", DateTime.UtcNow);
        var result = await rebuilder.RunAsync(Saved(home, "skills/a/1"), Stop);
        Assert.Equal((RebuildStatus.Published, "skills/a/1"), (result.Status, Assert.Single(result.Changed)));
        Assert.Equal("two", home.PublishedText(result.Revision, "skills/a/1"));
        File.Delete(RevisionBuilder.CacheFile(home.Context));
        Assert.Equal((RebuildStatus.Current, result.Revision), (await CurrentAsync(home)));
    }

    [Fact]
    public async Task Rebuild_AfterSomebodyElsePublished_LooksAtEverything()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md", "one");
        home.Write("skills/a/1", "one");
        await home.InitializeAsync();
        await using var rebuilder = new ContinuousRebuilder(home.Context);
        await rebuilder.RunAsync(HomeChanges.Everything, Stop);
        home.Write("skills/a/1", "two", DateTime.UtcNow);
        var other = await home.RebuildAsync();
        var result = await rebuilder.RunAsync(Saved(home, "AGENTS.md"), Stop);
        Assert.Equal((RebuildStatus.Current, other.Revision), (result.Status, result.Revision));
    }

    [Fact]
    public async Task Rebuild_WhenSettingsChange_LooksAtEverything()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md", "one");
        foreach (var index in Enumerable.Range(0, 9))
        {
            home.Write($"skills/a/{index}");
        }

        await home.InitializeAsync();
        await using var rebuilder = new ContinuousRebuilder(home.Context);
        await rebuilder.RunAsync(HomeChanges.Everything, Stop);
        home.Settings("role = \"master\"\n[export]\nexclude = [\"skills/a/7\"]\n");
        var result = await rebuilder.RunAsync(HomeChanges.Of([new HomeChange(home.Context.Home.SettingsFile, IsTree: false)]), Stop);
        Assert.Equal(["skills/a/7"], result.Removed);
    }

    [Fact]
    public async Task Rebuild_WhenTooMuchIsGone_HoldsAndGoesOnOnceItIsBack()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md", "one");
        home.Write("skills/a/1", "one");
        await home.InitializeAsync();
        await using var rebuilder = new ContinuousRebuilder(home.Context);
        var first = await rebuilder.RunAsync(HomeChanges.Everything, Stop);
        Directory.Move(home["skills"], home["elsewhere"]);
        var error = await Assert.ThrowsAsync<CodexportException>(() => rebuilder.RunAsync(Made(home, "skills"), Stop));
        Assert.Equal(ErrorCode.DeletionsHeld, error.Code);
        Directory.Move(home["elsewhere"], home["skills"]);
        var last = await rebuilder.RunAsync(Made(home, "skills"), Stop);
        Assert.Equal((RebuildStatus.Current, first.Revision), (last.Status, last.Revision));
    }

    [Fact]
    public async Task Rebuild_AfterABrokenConfiguration_PublishesTheCorrectedOne()
    {
        using var home = new MasterHome();
        home.Write("config.toml", "model = \"a\"\n");
        home.Write("skills/a/1", "one");
        await home.InitializeAsync();
        await using var rebuilder = new ContinuousRebuilder(home.Context);
        await rebuilder.RunAsync(HomeChanges.Everything, Stop);
        home.Write("config.toml", "model = ", DateTime.UtcNow);
        home.Write("skills/a/1", "two", DateTime.UtcNow);
        var saved = HomeChanges.Of([new HomeChange(home["config.toml"], IsTree: false), new HomeChange(home["skills/a/1"], IsTree: false)]);
        Assert.Equal(ErrorCode.TomlInvalid, (await Assert.ThrowsAsync<CodexportException>(() => rebuilder.RunAsync(saved, Stop))).Code);
        home.Write("config.toml", "model = \"b\"\n", DateTime.UtcNow);

        // Told of the one, it publishes the other too: what a failed rebuild was told is not lost.
        var result = await rebuilder.RunAsync(Saved(home, "config.toml"), Stop);
        Assert.Equal(["config.toml", "skills/a/1"], result.Changed);
    }

    [Fact]
    public async Task Rebuild_OnceItIsQuiet_PrunesAndRemembersTheBuild()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md", "0");
        await home.InitializeAsync();
        var kept = Limits.Default.KeptRevisions;
        string last;
        await using (var rebuilder = new ContinuousRebuilder(home.Context))
        {
            await rebuilder.RunAsync(HomeChanges.Everything, Stop);
            last = string.Empty;
            foreach (var index in Enumerable.Range(1, kept + 12))
            {
                home.Write("AGENTS.md", $"{index}", DateTime.UtcNow.AddSeconds(index));
                last = (await rebuilder.RunAsync(Saved(home, "AGENTS.md"), Stop)).Revision;
            }
        }

        Assert.Equal(kept, home.Revisions.List().Count);
        Assert.Equal(kept + 1, Directory.GetFiles(Path.Combine(home.Context.Home.MasterFolder, "revisions")).Length);
        Assert.Equal(last, HashCache.TryRead(home.Context.Files, RevisionBuilder.CacheFile(home.Context))!.Revision.ToString());
        var store = new ObjectStore(home.Context.Files, home.Context.Home.ObjectsFolder);
        Assert.False(store.Contains(Sha256Hash.Of("1"u8)));
        Assert.Equal($"{kept + 12}", home.PublishedText(last, "AGENTS.md"));
    }

    [Fact]
    public async Task Rebuild_WhenContentIsReplacedUnderEqualSizeAndTime_FindsIt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows tells no change time.");
        using var home = new MasterHome();
        home.Write("skills/a/1", "one");
        await home.InitializeAsync();
        home.Write("skills/a/1", "two");
        Assert.Equal(["skills/a/1"], (await home.RebuildAsync()).Changed);
    }

    private static HomeChanges Saved(MasterHome home, string path) => HomeChanges.Of([new HomeChange(home[path], IsTree: false)]);

    private static HomeChanges Made(MasterHome home, string path) => HomeChanges.Of([new HomeChange(home[path], IsTree: true)]);

    private static async Task<(RebuildStatus, string)> CurrentAsync(MasterHome home)
    {
        var result = await home.RebuildAsync();
        return (result.Status, result.Revision);
    }
}
