using System.Collections.Concurrent;
using System.Diagnostics;
using Codexport.Engine.Platform.Watching;

namespace Codexport.Tests.Platform;

[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class InotifyTreeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentQueue<string> _told = [];
    private readonly ConcurrentQueue<Exception?> _failures = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Watch_OfATree_TellsOfFoldersThatComeAndGo()
    {
        using var tree = New();
        Directory.CreateDirectory(this["a/deep"]);
        using var watch = tree.Watch(_folder.Path, withSubfolders: true, Tell);
        await WriteAsync("a/deep/one");
        await WriteAsync("b/c/d/two");
        await WriteAsync("b/c/d/three");
        Directory.Move(this["b/c"], this["e"]);
        await UntilAsync("e", WatcherChangeTypes.Created);
        await WriteAsync("e/d/four");
        Directory.Delete(this["a"], recursive: true);
        await UntilAsync("a", WatcherChangeTypes.Deleted);
        await WriteAsync("a/deep/five");
        Assert.Empty(_failures);
    }

    [Fact]
    public async Task Watch_WhenAFolderIsMovedOutAndSomethingFollowsAtOnce_GoesOn()
    {
        // What FileSystemWatcher of .NET 10 does not survive.
        using var tree = New();
        for (var round = 0; round < 20; round++)
        {
            Directory.CreateDirectory(this[$"in/{round}/a"]);
        }

        using var watch = tree.Watch(this["in"], withSubfolders: true, Tell);
        for (var round = 0; round < 20; round++)
        {
            Directory.Move(this[$"in/{round}/a"], this[$"out-{round}"]);
            File.CreateSymbolicLink(this[$"in/{round}/a"], this["in"]);
            await UntilAsync($"{round}/a", WatcherChangeTypes.Created);
            await WriteAsync($"in/{round}/x", $"{round}/x");
            var before = _told.Count;
            await File.WriteAllTextAsync(this[$"out-{round}/y"], "y", Stop);
            await WriteAsync($"in/{round}/z", $"{round}/z");
            Assert.DoesNotContain(_told.Skip(before), told => told.EndsWith('y'));
        }
    }

    [Fact]
    public async Task Watch_OfOneFolderByTwo_TellsBothUntilOneEnds()
    {
        using var tree = New();
        Directory.CreateDirectory(this["a"]);
        using var outer = tree.Watch(_folder.Path, withSubfolders: true, Tell);
        using (tree.Watch(this["a"], withSubfolders: true, (path, type) => Tell("inner:" + path, type)))
        {
            await WriteAsync("a/one");
            await UntilAsync("inner:one", WatcherChangeTypes.Created);
        }

        await WriteAsync("a/two");
        Assert.DoesNotContain(_told, told => told.StartsWith("inner:two", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watch_LeavesOutSkippedFoldersAndLinks()
    {
        using var tree = New();
        Directory.CreateDirectory(this["skipped"]);
        Directory.CreateDirectory(this["elsewhere/below"]);
        Directory.CreateDirectory(this["in"]);
        Directory.CreateSymbolicLink(this["in/link"], this["elsewhere"]);
        using var watch = tree.Watch(this["in"], withSubfolders: true, Tell);
        Directory.CreateDirectory(this["in/skipped"]);
        await File.WriteAllTextAsync(this["in/skipped/x"], "x", Stop);
        await File.WriteAllTextAsync(this["elsewhere/x"], "x", Stop);
        await WriteAsync("in/last", "last");
        Assert.DoesNotContain(_told, told => told.EndsWith("/x", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watch_WhenTheQueueOverflows_SaysSo()
    {
        using var tree = New();
        using var held = new ManualResetEventSlim();
        using var watch = tree.Watch(_folder.Path, withSubfolders: true, (_, _) => held.Wait(Stop));
        var most = int.Parse(await File.ReadAllTextAsync("/proc/sys/fs/inotify/max_queued_events", Stop), System.Globalization.CultureInfo.InvariantCulture);
        Assert.SkipWhen(most > 100_000, "This machine's queue is too long to be filled here.");
        for (var count = 0; count < (most / 2) + 2000; count++)
        {
            // Two events each, by turns, so that none is folded into the one before.
            await File.WriteAllTextAsync(this[$"{count % 7}"], "x", Stop);
        }

        held.Set();
        await UntilAsync(() => _failures.Contains(null), "No overflow was told.");
    }

    [Fact]
    public void Dispose_EndsTheThreadAndTheHandle()
    {
        for (var round = 0; round < 200; round++)
        {
            using var tree = New();
            using var watch = round % 3 == 0 ? null : tree.Watch(_folder.Path, withSubfolders: true, Tell);
        }

        SpinWait.SpinUntil(() => Instances() < 50, TimeSpan.FromSeconds(120));
        Assert.InRange(Instances(), 0, 50);

        static int Instances() => Directory.GetFiles("/proc/self/fd").Count(file => new FileInfo(file).LinkTarget?.Contains("inotify", StringComparison.Ordinal) == true);
    }

    private string this[string relative] => Path.Combine(_folder.Path, relative);

    private InotifyTree New()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "inotify is Linux's.");
        return new InotifyTree(new WatchableFolders(name => name == "skipped"), _failures.Enqueue);
    }

    private void Tell(string path, WatcherChangeTypes type) => _told.Enqueue($"{type} {path}");

    private async Task WriteAsync(string path, string? told = null)
    {
        var folder = Path.GetDirectoryName(this[path])!;
        var isNew = !Directory.Exists(folder);
        Directory.CreateDirectory(folder);
        if (isNew)
        {
            // What is in a folder before it is watched is not told; that the folder came is.
            await UntilAsync(() => _told.Any(item => item == $"Created {path.Split('/')[0]}"), "The folder was not told.");
            await Task.Delay(50, Stop);
        }

        await File.WriteAllTextAsync(this[path], "x", Stop);
        await UntilAsync(() => _told.Any(item => item.EndsWith(" " + (told ?? path), StringComparison.Ordinal)), $"'{path}' was not told.");
    }

    private Task UntilAsync(string path, WatcherChangeTypes type) => UntilAsync(() => _told.Contains($"{type} {path}"), $"{type} of '{path}' was not told.");

    private static async Task UntilAsync(Func<bool> holds, string otherwise)
    {
        var watch = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(120), otherwise);
            await Task.Delay(5, Stop);
        }
    }
}
