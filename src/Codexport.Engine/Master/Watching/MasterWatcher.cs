using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;

namespace Codexport.Engine.Master.Watching;

/// <summary>
/// Calls for a rebuild when the Codex home changes: once it has been quiet for a moment, and at the latest <see cref="MaxDelay"/> after the
/// first change; longer while changes do not end, so that a checkout of thousands of files is a few rebuilds and not hundreds. Looks through
/// the home every minute too, in case the system lost an event. Where the system cannot tell of changes it looks through the home again and
/// again, and goes back to watching once that works; where the home is gone, it looks for it in the same way.
/// </summary>
public sealed class MasterWatcher
{
    // From so many changes on it is not a save but a checkout, an installation, a copy: worth waiting for its end.
    private const int Many = 50;

    // A home that takes long to look through is polled less often: at most a twentieth of the time.
    private const int PollShare = 20;

    private readonly TimeProvider _time;
    private readonly Func<IChangeSource> _newSource;
    private readonly ChangeSignal _signal = new();
    private readonly HashSet<string> _restless = new(StringComparer.Ordinal);
    private Exception? _sourceFailure;
    private IChangeSource? _source;
    private bool _isUntold;
    private bool _isPolling;
    private bool _isGone;
    private bool _hasBroken;
    private long _brokeAt;
    private long _beganAt;
    private long _lookedThrough;
    private TimeSpan _took;
    private TimeSpan _delay;

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

    /// <summary>How long changes may go on before a rebuild begins all the same; doubled each time that they still go on.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long a rebuild waits at most when changes do not end or come in masses.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the home is looked through without being told.</summary>
    public TimeSpan RescanEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often it is looked through, at most, where the system cannot tell of changes.</summary>
    public TimeSpan PollEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often watching is tried again where it did not work; a home that was gone is watched as soon as a look finds it.</summary>
    public TimeSpan RetryEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long watching must have worked again before it is told.</summary>
    public TimeSpan Probation { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Takes what the watcher has to say; called from the loop, one event at a time.</summary>
    public Action<WatchEvent>? Report { get; set; }

    /// <summary>Has files looked at again soon that a rebuild met while they were changing. To be called by the rebuild.</summary>
    /// <param name="files">Their real paths.</param>
    public void LookAgain(IEnumerable<string> files) => _restless.UnionWith(files);

    /// <summary>Watches until cancelled. Failures of the rebuild are reported and survived.</summary>
    /// <param name="rebuild">Rebuilds and publishes, told what changed; never called twice at once.</param>
    /// <param name="cancellationToken">Ends it; the task then ends without an error.</param>
    public async Task RunAsync(Func<HomeChanges, CancellationToken, Task> rebuild, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rebuild);
        _delay = MaxDelay;
        _lookedThrough = _time.GetTimestamp();
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();

                // Watched first, looked through afterwards: no change falls between the two.
                bool? isEverything = Follow() ? true : await WaitAsync(cancellationToken);
                if (isEverything is null)
                {
                    continue;
                }

                // Taken before the home is looked at: what changes meanwhile is told next time.
                var changes = _signal.Take();
                await RebuildAsync(rebuild, isEverything.Value ? HomeChanges.Everything : changes, cancellationToken);
                TellIfWatching();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Being ended is how a watcher ends.
        }
        finally
        {
            _source?.Dispose();
            _source = null;
        }
    }

    /// <summary>Waits for a reason to rebuild.</summary>
    /// <returns>Whether everything must be looked at; null when there is no reason but something to see to.</returns>
    private async Task<bool?> WaitAsync(CancellationToken cancellationToken)
    {
        var every = _source is not null ? RescanEvery : PollShare * _took > PollEvery ? PollShare * _took : PollEvery;
        var left = every - _time.GetElapsedTime(_lookedThrough);
        var wait = left > TimeSpan.Zero ? left : TimeSpan.Zero;
        wait = _restless.Count > 0 && _delay < wait ? _delay : wait;
        wait = _isUntold && Probation < wait ? Probation : wait;
        if (await _signal.WaitAsync(wait, _time, cancellationToken))
        {
            if (Volatile.Read(ref _sourceFailure) is not null)
            {
                return null;
            }

            await SettleAsync(cancellationToken);
            Tell(WatchEventKind.Changed, "The Codex home changed.");
            AddRestless();

            // Changes that never end must not put off looking through everything for good.
            return _time.GetElapsedTime(_lookedThrough) > 2 * RescanEvery;
        }

        if (wait == left || left <= TimeSpan.Zero)
        {
            return true;
        }

        TellIfWatching();
        if (_restless.Count == 0)
        {
            return null;
        }

        AddRestless();
        Lengthen();
        return false;
    }

    private void AddRestless()
    {
        foreach (var file in _restless)
        {
            _signal.Set(new HomeChange(file, IsTree: false));
        }

        _restless.Clear();
    }

    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        var first = _time.GetTimestamp();
        while (true)
        {
            var left = (_signal.Count >= Many ? LongestDelay : _delay) - _time.GetElapsedTime(first);
            if (left <= TimeSpan.Zero)
            {
                Lengthen();
                return;
            }

            if (!await _signal.WaitAsync(left < Quiet ? left : Quiet, _time, cancellationToken))
            {
                if (left >= Quiet)
                {
                    _delay = MaxDelay;
                    return;
                }
            }
        }
    }

    private void Lengthen() => _delay = 2 * _delay < LongestDelay ? 2 * _delay : LongestDelay;

    /// <summary>Keeps up with what there is to watch.</summary>
    /// <returns>Whether the home must be looked through now, because something may have been missed.</returns>
    private bool Follow()
    {
        if (Interlocked.Exchange(ref _sourceFailure, null) is { } failure)
        {
            return GiveUp(failure);
        }

        if (_source is null && _isPolling && _time.GetElapsedTime(_brokeAt) < (_isGone ? PollEvery : RetryEvery))
        {
            return false;
        }

        try
        {
            var isNew = _source is null;
            if (isNew)
            {
                _source = _newSource();
                (_isUntold, _beganAt) = (true, _time.GetTimestamp());
            }

            return _source!.Refresh(_signal.Set, Fail) || isNew;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or CodexportException)
        {
            return GiveUp(error);
        }
    }

    private bool GiveUp(Exception error)
    {
        _source?.Dispose();
        _source = null;
        _isUntold = false;
        var isFirst = !_hasBroken || _time.GetElapsedTime(_brokeAt) >= RetryEvery;
        (_hasBroken, _brokeAt) = (true, _time.GetTimestamp());
        var wasGone = _isGone;
        _isGone = error is CodexportException { Code: ErrorCode.HomeNotFound };
        if (_isPolling && _isGone == wasGone)
        {
            return false;
        }

        // Once may be chance: a folder that went while it was being watched. What cannot work is not tried again and again.
        if (isFirst && !_isPolling && error is not CodexportException { Code: ErrorCode.WatchLimitReached or ErrorCode.HomeNotFound })
        {
            return Follow();
        }

        _isPolling = true;
        var every = $"every {PollEvery.TotalSeconds:0.#} seconds";
        Tell(
            WatchEventKind.Polling,
            _isGone
                ? $"{error.Message} It is looked for {every}."
                : $"The system cannot tell of changes: {error.Message.TrimEnd('.')}. The Codex home is looked through {every} instead.",
            error);
        return true;
    }

    private void TellIfWatching()
    {
        if (_isUntold && _source is not null && Volatile.Read(ref _sourceFailure) is null
            && (!_isPolling || _time.GetElapsedTime(_beganAt) >= Probation))
        {
            (_isUntold, _isPolling) = (false, false);
            Tell(WatchEventKind.Watching, "The Codex home is watched.");
        }
    }

    private async Task RebuildAsync(Func<HomeChanges, CancellationToken, Task> rebuild, HomeChanges changes, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        if (changes.IsEverything)
        {
            _lookedThrough = started;
        }

        try
        {
            await rebuild(changes, cancellationToken);
        }
        catch (Exception error) when (error is CodexportException or IOException or UnauthorizedAccessException)
        {
            Tell(WatchEventKind.Failed, error.Message, error);
            if (error is CodexportException { Target: { } target, IsPassing: true })
            {
                _restless.Add(target);
            }
        }

        _took = _time.GetElapsedTime(started);
    }

    private void Fail(Exception error)
    {
        Interlocked.Exchange(ref _sourceFailure, error);
        _signal.Set(new HomeChange(null, IsTree: true));
    }

    private void Tell(WatchEventKind kind, string message, Exception? error = null) => Report?.Invoke(new WatchEvent(kind, message, error));
}
