using System.Collections.Concurrent;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Watching;

namespace Codexport.Tests.Master;

public sealed class MasterWatcherTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("AGENTS.md")]
    [InlineData("skills/a/SKILL.md")]
    [InlineData("prompts/new.md")]
    [InlineData("plugins/cache/m/x/1.0.0/a")]
    public async Task Run_WhenSomethingIsSaved_Rebuilds(string path)
    {
        using var home = new MasterHome();
        home.Write("plugins/cache/m/x/1.0.0/a");
        home.Write("AGENTS.md");
        home.Write("skills/a/SKILL.md");
        await using var run = new Run(new MasterWatcher(home.Context));
        await run.UntilAsync(1);
        home.Write(path, "new");
        await run.UntilAsync(2);
        if (!path.StartsWith("prompts/", StringComparison.Ordinal))
        {
            // A new folder may be met by the look for what is to be watched, before its event arrives.
            await run.UntilChangedAsync();
        }
    }

    [Fact]
    public async Task Run_WhenWhatIsNeverExportedChanges_StaysQuiet()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md");
        home.Write("sessions/1");
        home.Write("skills/a/.git/HEAD");
        await using var run = new Run(new MasterWatcher(home.Context));
        await run.UntilAsync(1);
        home.Write("sessions/1", "new");
        home.Write("history.jsonl", "new");
        home.Write("skills/a/.git/HEAD", "new");

        // What follows is noticed, and nothing before it was.
        home.Write("AGENTS.md", "new");
        await run.UntilAsync(2);
        Assert.Equal(1, run.Events.Count(item => item.Kind == WatchEventKind.Changed));
    }

    [Fact]
    public async Task Run_WhenALinkedFolderChanges_Rebuilds()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making links needs a privilege on Windows.");
        using var home = new MasterHome();
        var target = Directory.CreateDirectory(Path.Combine(home.Path, "dotfiles")).FullName;
        Directory.CreateSymbolicLink(home["skills"], target);
        home.Settings("[export]\nroots = [\"~/dotfiles\"]\n");
        await using var run = new Run(new MasterWatcher(home.Context));
        await run.UntilAsync(1);
        await File.WriteAllTextAsync(Path.Combine(target, "x"), "new", TestContext.Current.CancellationToken);
        await run.UntilAsync(2);
    }

    [Fact]
    public async Task Run_WhenChangesGoOn_RebuildsAllTheSame()
    {
        var source = new FakeSource();
        await using var run = new Run(new MasterWatcher(TimeProvider.System, () => source) { Quiet = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(2) });
        await run.UntilAsync(1);
        using var timer = new Timer(_ => source.Change(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
        await run.UntilAsync(2);
    }

    [Fact]
    public async Task Run_WithoutEvents_LooksAgainByTime()
    {
        await using var run = new Run(new MasterWatcher(TimeProvider.System, () => new FakeSource()) { RescanEvery = TimeSpan.FromMilliseconds(20) });
        await run.UntilAsync(4);
        Assert.DoesNotContain(run.Events, item => item.Kind == WatchEventKind.Changed);
    }

    [Fact]
    public async Task Run_WhenTheSystemRefuses_PollsAndSaysWhy_AndRecovers()
    {
        var calls = 0;
        IChangeSource Next() => new FakeSource { Failure = Interlocked.Increment(ref calls) <= 2 ? new IOException("no watches left") : null };
        await using var run = new Run(new MasterWatcher(TimeProvider.System, Next)
        {
            PollEvery = TimeSpan.FromMilliseconds(10),
            RetryEvery = TimeSpan.FromMilliseconds(20),
            Probation = TimeSpan.Zero,
        });
        await run.UntilToldAsync(WatchEventKind.Watching);
        Assert.Equal([WatchEventKind.Polling, WatchEventKind.Watching], run.Events.Select(item => item.Kind));
        Assert.Contains("no watches left", run.Events.First().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhenWatchingBreaksLater_BeginsAnew()
    {
        var sources = new ConcurrentQueue<FakeSource>();
        await using var run = new Run(new MasterWatcher(TimeProvider.System, () =>
        {
            var source = new FakeSource();
            sources.Enqueue(source);
            return source;
        }));
        await run.UntilAsync(1);
        Assert.True(sources.TryPeek(out var first));
        first.Break(new IOException("gone"));
        await run.UntilAsync(2);
        Assert.Equal(2, sources.Count);
        Assert.True(first.IsDisposed);
    }

    [Fact]
    public async Task Run_WhenARebuildFails_ReportsAndGoesOn()
    {
        var source = new FakeSource();
        await using var run = new Run(new MasterWatcher(TimeProvider.System, () => source), count => count == 1
            ? throw new CodexportException(ErrorCode.TomlInvalid, "broken", "fix it")
            : Task.CompletedTask);
        await run.UntilAsync(1);
        source.Change();
        await run.UntilAsync(2);
        Assert.Equal("broken", Assert.Single(run.Events, item => item.Kind == WatchEventKind.Failed).Message);
    }

    /// <summary>A watcher at work.</summary>
    private sealed class Run : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly SemaphoreSlim _rebuilt = new(0);
        private readonly Task _task;
        private int _count;
        private int _seen;

        public Run(MasterWatcher watcher, Func<int, Task>? rebuild = null)
        {
            watcher.Report = Events.Enqueue;
            _task = Task.Run(() => watcher.RunAsync(
                async (_, _) =>
                {
                    try
                    {
                        await (rebuild?.Invoke(Interlocked.Increment(ref _count)) ?? Task.CompletedTask);
                    }
                    finally
                    {
                        _rebuilt.Release();
                    }
                },
                _end.Token));
        }

        public ConcurrentQueue<WatchEvent> Events { get; } = [];

        public async Task UntilAsync(int rebuilds)
        {
            for (; _seen < rebuilds; _seen++)
            {
                Assert.True(await _rebuilt.WaitAsync(Patience, TestContext.Current.CancellationToken), $"There was no rebuild number {_seen + 1}.");
            }
        }

        // A watch that was just set up asks for a whole scan, which may come before the first change is noticed.
        public async Task UntilChangedAsync()
        {
            while (!Events.Any(item => item.Kind == WatchEventKind.Changed))
            {
                await UntilAsync(_seen + 1);
            }
        }

        public async Task UntilToldAsync(WatchEventKind kind)
        {
            while (Events.All(item => item.Kind != kind))
            {
                await UntilAsync(_seen + 1);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _task;
            _end.Dispose();
            _rebuilt.Dispose();
        }
    }

    private sealed class FakeSource : IChangeSource
    {
        private Action<HomeChange>? _changed;
        private Action<Exception>? _failed;

        public Exception? Failure { get; init; }

        public bool IsDisposed { get; private set; }

        public bool Refresh(Action<HomeChange> changed, Action<Exception> failed)
        {
            if (Failure is not null)
            {
                throw Failure;
            }

            (_changed, _failed) = (changed, failed);
            return false;
        }

        public void Change() => _changed?.Invoke(new HomeChange(Path.GetFullPath("/home/x"), IsTree: false));

        public void Break(Exception error) => _failed?.Invoke(error);

        public void Dispose() => IsDisposed = true;
    }
}
