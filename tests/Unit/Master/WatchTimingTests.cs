using System.Collections.Concurrent;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Watching;

namespace Codexport.Tests.Master;

/// <summary>When the watcher acts, on a clock that the test moves.</summary>
public sealed class WatchTimingTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly ManualTime _time = new();
    private readonly ConcurrentQueue<WatchEvent> _events = [];
    private readonly SemaphoreSlim _rebuilt = new(0);
    private readonly ConcurrentQueue<(TimeSpan At, bool IsEverything)> _rebuilds = [];
    private readonly DateTimeOffset _started;

    public WatchTimingTests() => _started = _time.GetUtcNow();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _rebuilt.Dispose();

    [Fact]
    public async Task Run_WithoutEvents_LooksThroughEverythingEachMinute()
    {
        var source = new ScriptedSource();
        await RunAsync(() => source, async () =>
        {
            await RebuiltAsync();
            for (var minute = 1; minute <= 3; minute++)
            {
                Assert.Equal(TimeSpan.FromMinutes(1), await _time.AdvanceToNextAsync(Stop));
                Assert.Equal((TimeSpan.FromMinutes(minute), true), await RebuiltAsync());
            }
        });
    }

    [Fact]
    public async Task Run_AfterASave_WaitsUntilItIsQuietAndNoLonger()
    {
        var source = new ScriptedSource();
        await RunAsync(() => source, async () =>
        {
            await RebuiltAsync();
            source.Change("/home/x");
            await UntilWaitingAsync(TimeSpan.FromMilliseconds(100));
            var (at, isEverything) = await RebuiltAsync();
            Assert.Equal((TimeSpan.FromMilliseconds(100), false), (at, isEverything));
        });
    }

    [Fact]
    public async Task Run_WhenTheLimitIsReached_PollsAndTriesAgainEachMinute()
    {
        var made = 0;
        var isPossible = false;
        IChangeSource Next()
        {
            made++;
            return new ScriptedSource { Failure = isPossible ? null : new CodexportException(ErrorCode.WatchLimitReached, "None left.", "Make more.") };
        }

        await RunAsync(Next, async () =>
        {
            Assert.True((await RebuiltAsync()).IsEverything);
            for (var poll = 1; poll < 12; poll++)
            {
                Assert.Equal(TimeSpan.FromSeconds(5), await _time.AdvanceToNextAsync(Stop));
                Assert.Equal((TimeSpan.FromSeconds(5 * poll), true), await RebuiltAsync());
            }

            Assert.Equal(1, made);
            isPossible = true;
            await _time.AdvanceToNextAsync(Stop);
            await RebuiltAsync();
            while (_events.All(item => item.Kind != WatchEventKind.Watching))
            {
                await _time.AdvanceToNextAsync(Stop);
                await Task.Delay(1, Stop);
            }

            Assert.Equal(2, made);
        });
        var polling = Assert.Single(_events, item => item.Kind == WatchEventKind.Polling);
        Assert.Contains("every 5 seconds", polling.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.WatchLimitReached, Assert.IsType<CodexportException>(polling.Error).Code);
    }

    [Fact]
    public async Task Run_WhenTheHomeIsGone_LooksForItAndWatchesItOnceItIsBack()
    {
        var made = 0;
        var isGone = true;
        IChangeSource Next()
        {
            made++;
            return new ScriptedSource { Failure = isGone ? new CodexportException(ErrorCode.HomeNotFound, "It is not there.", "Make it.") : null };
        }

        await RunAsync(Next, async () =>
        {
            Assert.True((await RebuiltAsync()).IsEverything);
            for (var look = 1; look <= 30; look++)
            {
                Assert.Equal(TimeSpan.FromSeconds(5), await _time.AdvanceToNextAsync(Stop));
                Assert.Equal((TimeSpan.FromSeconds(5 * look), true), await RebuiltAsync());
            }

            Assert.InRange(made, 30, 31);
            isGone = false;
            while (_events.All(item => item.Kind != WatchEventKind.Watching))
            {
                await _time.AdvanceToNextAsync(Stop);
                await Task.Delay(1, Stop);
            }

            Assert.InRange(_time.GetUtcNow() - _started, TimeSpan.FromSeconds(151), TimeSpan.FromSeconds(170));
        });
        var told = Assert.Single(_events, item => item.Kind == WatchEventKind.Polling);
        Assert.Equal("It is not there. It is looked for every 5 seconds.", told.Message);
    }

    [Fact]
    public async Task Run_WhenWatchingFailsRightAfterEachBeginning_DoesNotSpin()
    {
        // As Linux does when its watches are used up: making the watcher succeeds, and the failure comes a moment later.
        var made = 0;
        IChangeSource Next()
        {
            made++;
            return new ScriptedSource { FailureAfterwards = new IOException("used up") };
        }

        await RunAsync(Next, async () =>
        {
            // Once more at once, for it may have been chance; then by the clock.
            while (_events.All(item => item.Kind != WatchEventKind.Polling))
            {
                await RebuiltAsync();
            }

            Assert.Equal(2, made);
            for (var poll = 0; poll < 30; poll++)
            {
                await _time.AdvanceToNextAsync(Stop);
                await Task.Delay(1, Stop);
            }

            Assert.InRange(made, 2, 6);
        });
        Assert.Single(_events, item => item.Kind == WatchEventKind.Polling);
    }

    [Fact]
    public async Task Run_WhenARebuildMetAFileThatWasChanging_LooksAgainSoon()
    {
        var source = new ScriptedSource();
        var watcher = NewWatcher(() => source);
        var isRestless = true;
        await RunAsync(
            watcher,
            async () =>
            {
                await RebuiltAsync();
                isRestless = false;
                Assert.Equal(TimeSpan.FromMilliseconds(300), await _time.AdvanceToNextAsync(Stop));
                Assert.False((await RebuiltAsync()).IsEverything);
                Assert.Equal(TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(300), await _time.AdvanceToNextAsync(Stop));
            },
            changes =>
            {
                if (isRestless)
                {
                    watcher.LookAgain([Path.GetFullPath("/home/busy")]);
                }
                else if (!changes.IsEverything)
                {
                    Assert.Contains(Path.GetFullPath("/home"), changes.Folders);
                }
            });
    }

    [Fact]
    public async Task Run_WhileChangesDoNotEnd_RebuildsLessAndLess()
    {
        var source = new ScriptedSource();
        await RunAsync(() => source, async () =>
        {
            await RebuiltAsync();
            var gaps = new List<TimeSpan>();
            var last = TimeSpan.Zero;
            while (gaps.Count < 7)
            {
                // Steps smaller than the quiet that would end the waiting.
                source.Change("/home/x");
                _time.Advance(TimeSpan.FromMilliseconds(20));
                await Task.Delay(4, Stop);
                while (_rebuilds.TryDequeue(out var rebuilt))
                {
                    gaps.Add(rebuilt.At - last);
                    last = rebuilt.At;
                }
            }

            Assert.True(gaps[^1] > TimeSpan.FromSeconds(2) && gaps.TrueForAll(gap => gap < TimeSpan.FromSeconds(7)), string.Join(' ', gaps));
        });
    }

    private MasterWatcher NewWatcher(Func<IChangeSource> next) => new(_time, next) { Report = _events.Enqueue };

    private Task RunAsync(Func<IChangeSource> next, Func<Task> script) => RunAsync(NewWatcher(next), script);

    private async Task RunAsync(MasterWatcher watcher, Func<Task> script, Action<HomeChanges>? rebuild = null)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var running = Task.Run(() => watcher.RunAsync(
            (changes, _) =>
            {
                rebuild?.Invoke(changes);
                _rebuilds.Enqueue((_time.GetUtcNow() - _started, changes.IsEverything));
                _rebuilt.Release();
                return Task.CompletedTask;
            },
            end.Token));
        try
        {
            await script();
        }
        finally
        {
            await end.CancelAsync();
            await running;
        }
    }

    private async Task<(TimeSpan At, bool IsEverything)> RebuiltAsync()
    {
        Assert.True(await _rebuilt.WaitAsync(Patience, Stop), "There was no rebuild.");
        Assert.True(_rebuilds.TryDequeue(out var rebuilt));
        return rebuilt;
    }

    // The loop takes a moment to notice; whoever waited for a minute before waits for the quiet then.
    private async Task UntilWaitingAsync(TimeSpan expected)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (_time.ShortestWait() != expected)
        {
            Assert.True(DateTime.UtcNow < deadline, "Nobody waits so long.");
            await Task.Delay(1, Stop);
        }

        _time.Advance(expected);
    }

    private sealed class ScriptedSource : IChangeSource
    {
        private Action<HomeChange>? _changed;
        private bool _hasFailed;

        public Exception? Failure { get; init; }

        public Exception? FailureAfterwards { get; init; }

        public bool Refresh(Action<HomeChange> changed, Action<Exception> failed)
        {
            if (Failure is not null)
            {
                throw Failure;
            }

            _changed = changed;
            if (FailureAfterwards is not null && !_hasFailed)
            {
                _hasFailed = true;
                failed(FailureAfterwards);
            }

            return false;
        }

        public void Change(string path) => _changed?.Invoke(new HomeChange(Path.GetFullPath(path), IsTree: false));

        public void Dispose()
        {
        }
    }
}
