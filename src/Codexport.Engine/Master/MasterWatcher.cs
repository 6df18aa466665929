namespace Codexport.Engine.Master;

/// <summary>
/// Calls for a rebuild when the Codex home changes: once it has been quiet for a moment, and at the latest <see cref="MaxDelay"/> after the
/// first change. Looks through the home every minute too, in case the system lost an event, and falls back to polling where the system
/// cannot tell of changes.
/// </summary>
public sealed class MasterWatcher
{
    private readonly TimeProvider _time;
    private readonly Func<IChangeSource> _newSource;
    private readonly ChangeSignal _signal = new();
    private Exception? _sourceFailure;

    /// <summary>Watches the home of <paramref name="context"/>.</summary>
    public MasterWatcher(EngineContext context)
        : this(context.Time, () => new FileSystemChangeSource(context))
    {
    }

    internal MasterWatcher(TimeProvider time, Func<IChangeSource> newSource)
    {
        _time = time;
        _newSource = newSource;
    }

    /// <summary>How long it must be quiet before a rebuild.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long changes may go on before a rebuild begins all the same.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How often the home is looked through without being told.</summary>
    public TimeSpan RescanEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often it is looked through where the system cannot tell of changes.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Takes what the watcher has to say; called from the loop, one event at a time.</summary>
    public Action<WatchEvent>? Report { get; set; }

    /// <summary>Watches until cancelled. Failures of the rebuild are reported and survived.</summary>
    /// <param name="rebuild">Rebuilds and publishes, told what changed; never called twice at once.</param>
    /// <param name="cancellationToken">Ends it; the task then ends without an error.</param>
    public async Task RunAsync(Func<HomeChanges, CancellationToken, Task> rebuild, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rebuild);
        IChangeSource? source = null;
        try
        {
            var polling = false;
            var lookedThrough = _time.GetTimestamp();
            while (true)
            {
                // Watched first, looked through afterwards: no change falls between the two.
                (source, polling, var isNew) = Follow(source, polling);
                var left = (polling ? PollEvery : RescanEvery) - _time.GetElapsedTime(lookedThrough);
                var isTold = !isNew && await _signal.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, cancellationToken);
                if (isTold)
                {
                    await SettleAsync(cancellationToken);
                    Tell(WatchEventKind.Changed, "The Codex home changed.");
                }

                // Taken before the home is looked at: what changes meanwhile is told next time. Changes that never end must not put off
                // looking through everything for good.
                var changes = _signal.Take();
                if (!isTold || _time.GetElapsedTime(lookedThrough) > 2 * RescanEvery)
                {
                    changes = HomeChanges.Everything;
                    lookedThrough = _time.GetTimestamp();
                }

                await RebuildAsync(rebuild, changes, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Being ended is how a watcher ends.
        }
        finally
        {
            source?.Dispose();
        }
    }

    private (IChangeSource? Source, bool IsPolling, bool IsNew) Follow(IChangeSource? source, bool wasPolling)
    {
        var failure = Interlocked.Exchange(ref _sourceFailure, null);
        try
        {
            if (failure is not null)
            {
                source?.Dispose();
                source = null;
            }

            var isNew = source is null;
            source ??= _newSource();
            var isMore = source.Refresh(_signal.Set, Fail);
            if (isNew)
            {
                Tell(WatchEventKind.Watching, "The Codex home is watched.");
            }

            return (source, false, isNew || isMore);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or CodexportException)
        {
            source?.Dispose();
            if (!wasPolling)
            {
                Tell(
                    WatchEventKind.Polling,
                    $"The system cannot tell of changes ({error.Message}); the Codex home is looked through every {PollEvery.TotalSeconds:0.#} seconds.",
                    error);
            }

            return (null, true, !wasPolling);
        }
    }

    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        var first = _time.GetTimestamp();
        for (var left = MaxDelay; left > TimeSpan.Zero; left = MaxDelay - _time.GetElapsedTime(first))
        {
            if (!await _signal.WaitAsync(left < Quiet ? left : Quiet, _time, cancellationToken))
            {
                return;
            }
        }
    }

    private async Task RebuildAsync(Func<HomeChanges, CancellationToken, Task> rebuild, HomeChanges changes, CancellationToken cancellationToken)
    {
        try
        {
            await rebuild(changes, cancellationToken);
        }
        catch (Exception error) when (error is CodexportException or IOException or UnauthorizedAccessException)
        {
            Tell(WatchEventKind.Failed, error.Message, error);
        }
    }

    private void Fail(Exception error)
    {
        Interlocked.Exchange(ref _sourceFailure, error);
        _signal.Set(new HomeChange(null, IsTree: true));
    }

    private void Tell(WatchEventKind kind, string message, Exception? error = null) => Report?.Invoke(new WatchEvent(kind, message, error));
}
