using System.Diagnostics;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Watching;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Master;

/// <summary>A home that goes while it is watched and comes back, and folders that cannot be watched: looking must not go on without end.</summary>
public sealed class GoneHomeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ManualTime _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CodexHome_GoneAndBack_IsLookedForByTheClockAndThenWatchedAgain(bool isMoved)
    {
        Assert.SkipWhen(isMoved && OperatingSystem.IsWindows(), "Windows does not move a folder that is being watched.");
        await using var home = new WatchedHome();
        home.Home.Write("AGENTS.md", "before");
        home.Home.Write("skills/a/SKILL.md", "before");
        await home.StartAsync(new MasterWatcher(_time, () => new FileSystemChangeSource(home.Home.Context)));

        var aside = home.Home.Codex + ".aside";
        if (isMoved)
        {
            Directory.Move(home.Home.Codex, aside);
        }
        else
        {
            Directory.Delete(home.Home.Codex, recursive: true);
        }

        await AdvanceUntilAsync(() => Count(home, WatchEventKind.Polling) > 0);
        var rebuilds = home.Rebuilds;
        for (var look = 0; look < 20; look++)
        {
            // Fails when nobody waits for the clock any more.
            await _time.AdvanceToNextAsync(Stop);
        }

        Assert.InRange(home.Rebuilds - rebuilds, 0, 21);
        var told = Assert.Single(home.Events, item => item.Kind == WatchEventKind.Polling);
        Assert.Equal(ErrorCode.HomeNotFound, Assert.IsType<CodexportException>(told.Error).Code);

        if (isMoved)
        {
            Directory.Move(aside, home.Home.Codex);
        }
        else
        {
            // In one step, as no look must meet it half made: what was missing then would be held back.
            home.Home.Write("../next/skills/a/SKILL.md", "back");
            home.Home.Write("../next/AGENTS.md", "back");
            Directory.Move(Path.Combine(home.Home.Path, "next"), home.Home.Codex);
        }

        await AdvanceUntilAsync(() => Count(home, WatchEventKind.Watching) == 2);
        var changes = Count(home, WatchEventKind.Changed);
        home.Home.Write("skills/a/SKILL.md", "after");
        await AdvanceUntilAsync(() => home.Text("skills/a/SKILL.md") == "after" && Count(home, WatchEventKind.Changed) > changes);
    }

    [Fact]
    public void Refresh_WhenTheHomeIsGone_SaysSo()
    {
        using var home = new MasterHome();
        home.Write("skills/a/SKILL.md");
        using var source = new FileSystemChangeSource(home.Context);
        Assert.True(source.Refresh(_ => { }, Fail));
        Assert.False(source.Refresh(_ => { }, Fail));
        Directory.Delete(home.Codex, recursive: true);
        Assert.Equal(ErrorCode.HomeNotFound, Assert.Throws<CodexportException>(() => source.Refresh(_ => { }, Fail)).Code);
        home.Write("skills/a/SKILL.md");
        Assert.True(source.Refresh(_ => { }, Fail));
        Assert.False(source.Refresh(_ => { }, Fail));
    }

    [Fact]
    public void Refresh_WhenAFolderCannotBeWatched_AsksForAnotherLookOnlyOnce()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere such a folder is a failure.");

        // The home is on the real disk too; what its link leads to is not, nor the folder above that.
        using var folder = new TemporaryFolder();
        var codex = Directory.CreateDirectory(folder[".codex"]).FullName;
        var files = new MemoryFileSystem();
        files.WriteExternally(Path.Combine(folder.Path, "away", "skills", "a.md"), "x");
        files.WriteExternally(Path.Combine(codex, "AGENTS.md"), "x");
        files.LinkExternally(Path.Combine(codex, "skills"), Path.Combine(folder.Path, "away", "skills"));
        using var source = new FileSystemChangeSource(new EngineContext(new CodexportHome(folder.Path, codex), files, TimeProvider.System));
        var changes = 0;
        Assert.True(source.Refresh(_ => changes++, Fail));
        Assert.False(source.Refresh(_ => changes++, Fail));

        // Both are watched as soon as they are there.
        Directory.CreateDirectory(folder["away/skills"]);
        Assert.True(source.Refresh(_ => { }, Fail));
        Assert.False(source.Refresh(_ => { }, Fail));
        Assert.Equal(0, changes);
    }

    private static void Fail(Exception error) => Assert.Fail(error.Message);

    private static int Count(WatchedHome home, WatchEventKind kind) => home.Events.Count(item => item.Kind == kind);

    private async Task AdvanceUntilAsync(Func<bool> holds)
    {
        for (var watch = Stopwatch.StartNew(); !holds(); await Task.Delay(5, Stop))
        {
            Assert.True(watch.Elapsed < Patience, "It did not come to that.");
            await _time.AdvanceToNextAsync(Stop);
        }
    }
}
