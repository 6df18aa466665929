using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Results;

namespace Codexport.Tests.Master;

/// <summary>How programs really save, on the real file system under the real watcher.</summary>
public sealed class SavesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("in place")]
    [InlineData("truncate, then write")]
    [InlineData("write and rename")]
    [InlineData("as vim")]
    [InlineData("delete and write")]
    public async Task Save_HoweverTheEditorDoesIt_IsPublishedWhole(string way)
    {
        await using var home = new WatchedHome();
        home.Home.Write("skills/a/SKILL.md", "old");
        await home.StartAsync();
        for (var round = 0; round < 3; round++)
        {
            var text = $"{way} {round} {new string('x', 50_000)}";
            await SaveAsync(home.Home["skills/a/SKILL.md"], text, way);
            await home.UntilAsync("skills/a/SKILL.md", text);
        }

        // Nothing of the dance is left over.
        Assert.Equal(["skills/a/SKILL.md"], home.Published.Last().Files.Select(file => file.Path));
    }

    [Fact]
    public async Task Save_OfManyFilesAtOnce_IsAFewRevisions()
    {
        await using var home = new WatchedHome();
        home.Home.Write("AGENTS.md");
        await home.StartAsync();
        for (var index = 0; index < 500; index++)
        {
            home.Home.Write($"skills/s{index % 20}/f{index}.md", $"text {index}");
        }

        await home.UntilAsync(() => home.Published.LastOrDefault()?.Files.Count == 501, "Not all are there.");
        Assert.InRange(home.Published.Count, 1, 5);
        Assert.Equal("text 499", home.Text("skills/s19/f499.md"));
    }

    [Fact]
    public async Task Settings_WhenWhatIsExportedChanges_CountWithoutARestart()
    {
        await using var home = new WatchedHome();
        home.Home.Write("AGENTS.md");
        home.Home.Write("notes/one.md", "noted");
        await home.StartAsync();
        Assert.Null(home.Text("notes/one.md"));
        await File.AppendAllTextAsync(home.Home.Context.Home.SettingsFile, "\n[export]\ninclude = [\"notes/**\"]\n", Stop);
        await home.UntilAsync("notes/one.md", "noted");
    }

    [Fact]
    public async Task Checkout_Of5000Files_IsAFewRebuildsAndTearsNothing()
    {
        Assert.SkipUnless(Git.IsHere, "git is not on this machine.");
        await using var home = new WatchedHome();
        var (origin, clone) = (Path.Combine(home.Home.Path, "origin"), home.Home["skills/repository"]);
        await Git.MakeAsync(origin, 5000, Stop);
        Directory.CreateDirectory(home.Home["skills"]);
        await Git.RunAsync(home.Home.Path, Stop, "clone", "-q", "-b", "first", origin, clone);
        await home.StartAsync();

        await Git.RunAsync(clone, Stop, "pull", "-q", "--ff-only", "origin", "second");
        await UntilAllAsync("second");
        var pulls = home.Rebuilds;
        await Git.RunAsync(clone, Stop, "checkout", "-q", "--detach", "origin/first");
        await UntilAllAsync("first");

        // One at the start; then a pull and a checkout. A busy machine makes git pause, which may cost some more, but never one a file.
        Assert.InRange(pulls, 2, 50);
        Assert.InRange(home.Rebuilds - pulls, 1, 50);
        var whole = Enumerable.Range(0, 5000).SelectMany(index => new[] { "first", "second" }.Select(side => Sha256Hash.Of(Encoding.UTF8.GetBytes(Git.Text(side, index))))).ToHashSet();
        Assert.All(home.Published, document => Assert.DoesNotContain(document.Files, file => file.Path.Contains(".md", StringComparison.Ordinal) && !whole.Contains(file.Hash)));
        Assert.Equal(RebuildStatus.Current, (await home.Home.RebuildAsync()).Status);

        Task UntilAllAsync(string side)
        {
            var wanted = Enumerable.Range(0, 5000).Select(index => Sha256Hash.Of(Encoding.UTF8.GetBytes(Git.Text(side, index)))).ToHashSet();
            return home.UntilAsync(
                () => home.Published.LastOrDefault() is { } document && document.Files.Count(file => wanted.Contains(file.Hash)) == 5000, $"Not all are of {side}.");
        }
    }

    [Fact]
    public async Task File_ThatIsWrittenForAWhile_IsPublishedOnlyAsItStoodStill()
    {
        await using var home = new WatchedHome();
        home.Home.Write("skills/a/data.txt", "begin");
        await home.StartAsync();
        var writer = new SlowWriter(home.Home["skills/a/data.txt"]);
        for (var round = 0; round < 3; round++)
        {
            await writer.WriteAsync(round, TimeSpan.FromSeconds(1), Stop);
            await home.UntilAsync("skills/a/data.txt", writer.Last);
        }

        var published = home.Published.Select(document => home.Text(document, "skills/a/data.txt")!).Distinct().ToList();
        Assert.All(published, text => Assert.True(writer.StoodStill(text, 0.9 * StableReader.Still), $"{text.Length} characters never stood still."));
    }

    [Fact]
    public async Task File_ThatNeverRests_StaysAsItWasAndHoldsNothingUp()
    {
        await using var home = new WatchedHome();
        home.Home.Write("skills/a/busy.log", "begin");
        home.Home.Write("AGENTS.md", "old");
        await home.StartAsync();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var writer = new SlowWriter(home.Home["skills/a/busy.log"]);
        var writing = writer.WriteAsync(1, TimeSpan.FromMinutes(1), ended.Token);
        home.Home.Write("AGENTS.md", "new");
        home.Home.Write("skills/b/SKILL.md", "added");
        await home.UntilAsync("AGENTS.md", "new");
        await home.UntilAsync("skills/b/SKILL.md", "added");
        Assert.False(writing.IsCompleted);
        await ended.CancelAsync();
        await writing;
        await home.UntilAsync("skills/a/busy.log", writer.Last);
        Assert.All(
            home.Published.Select(document => home.Text(document, "skills/a/busy.log")!).Distinct(),
            text => Assert.True(text == "begin" || writer.StoodStill(text, 0.9 * StableReader.Still), $"{text.Length} characters never stood still."));
    }

    [Fact]
    public async Task Rebuild_WhenAFileNeverRests_SaysSoAndPublishesTheRest()
    {
        using var home = new MasterHome();
        home.Write("skills/a/busy.log", "begin");
        home.Write("AGENTS.md", "old");
        await home.InitializeAsync();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var writing = new SlowWriter(home["skills/a/busy.log"]).WriteAsync(1, TimeSpan.FromMinutes(1), ended.Token);
        var other = new SlowWriter(home["skills/a/new.log"]).WriteAsync(1, TimeSpan.FromMinutes(1), ended.Token);
        home.Write("AGENTS.md", "new");
        while (!File.Exists(home["skills/a/new.log"]))
        {
            await Task.Delay(5, Stop);
        }

        var result = await home.RebuildAsync();
        await ended.CancelAsync();
        await Task.WhenAll(writing, other);

        // Where the machine made a writer pause, its file did stand still; else what was last is kept, or nothing.
        Assert.Equal("new", home.PublishedText(result.Revision, "AGENTS.md"));
        if (result.Warnings.Count == 2)
        {
            Assert.Equal("begin", home.PublishedText(result.Revision, "skills/a/busy.log"));
            Assert.DoesNotContain(home.Published(result.Revision).Files, file => file.Path == "skills/a/new.log");
            Assert.All(result.Warnings, warning => Assert.Contains("keeps changing", warning, StringComparison.Ordinal));
        }
    }

    private static async Task SaveAsync(string path, string text, string way)
    {
        switch (way)
        {
            case "in place":
                await File.WriteAllTextAsync(path, text, Stop);
                break;
            case "truncate, then write":
                await using (var stream = new FileStream(path, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
                {
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(text[..1000]), Stop);
                    await Task.Delay(20, Stop);
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(text[1000..]), Stop);
                }

                break;
            case "write and rename":
                await File.WriteAllTextAsync(path + ".tmp", text, Stop);
                File.Move(path + ".tmp", path, overwrite: true);
                break;
            case "as vim":
                // Whether the folder can be written to, then the old one aside, the new one, and the old one away.
                var probe = Path.Combine(Path.GetDirectoryName(path)!, "4913");
                await File.WriteAllTextAsync(probe, string.Empty, Stop);
                File.Delete(probe);
                File.Move(path, path + "~");
                await File.WriteAllTextAsync(path, text, Stop);
                File.Delete(path + "~");
                break;
            default:
                File.Delete(path);
                await File.WriteAllTextAsync(path, text, Stop);
                break;
        }
    }

    /// <summary>Writes a file bit by bit and knows how long it stood still with which content.</summary>
    private sealed class SlowWriter(string path)
    {
        private readonly ConcurrentDictionary<string, TimeSpan> _stood = new() { ["begin"] = TimeSpan.MaxValue };

        public string Last { get; private set; } = "begin";

        public bool StoodStill(string text, TimeSpan atLeast) => _stood.TryGetValue(text, out var stood) && stood >= atLeast;

        public async Task WriteAsync(int round, TimeSpan duration, CancellationToken cancellationToken)
        {
            var watch = Stopwatch.StartNew();
            var text = new StringBuilder();
            await using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            Last = string.Empty;
            var since = Stopwatch.GetTimestamp();
            do
            {
                var more = $"round {round}, {watch.Elapsed}\n";
                _stood[Last] = Stopwatch.GetElapsedTime(since);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(more), CancellationToken.None);
                since = Stopwatch.GetTimestamp();
                Last = text.Append(more).ToString();
                _stood[Last] = TimeSpan.MaxValue;
                await Task.Delay(15, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            while (watch.Elapsed < duration && !cancellationToken.IsCancellationRequested);
        }
    }
}
