using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Master.Rollouts;
using Codexport.Engine.Protocol;

namespace Codexport.Server;

/// <summary>What the server does besides answering: notices what was published, prepares bundles, renews the head, writes what it noted.</summary>
internal sealed class Upkeep(ServerServices services, ServedIdentity identity, TimeSpan calm)
{
    // While nobody is connected there is little to see to: what another process publishes shows at the next request anyway.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BusyTick = TimeSpan.FromMilliseconds(75);
    private static readonly TimeSpan IdleTick = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MoveOnEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan RenewAfter = TimeSpan.FromHours(23);
    private static readonly TimeSpan ShortCalm = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(10);

    private const long MaxGarbage = 4 << 20;

    // From so many connections on, garbage grows too fast for the usual tick.
    private const int Busy = 16;

    private readonly Lock _gate = new();
    private long _allocated;
    private readonly TimeProvider _time = services.Engine.Time;
    private CancellationTokenSource? _preparing;
    private Task _prepared = Task.CompletedTask;
    private Sha256Hash? _announced;
    private long _announcedSequence;
    private readonly RingAnnouncer _rings = new(services);
    private string _fingerprint = identity.Current.Fingerprint;
    private string? _lastFailure;
    private CancellationToken _stopping;
    private long _roundAt = services.Engine.Time.GetTimestamp();
    private long _lookedAt;

    /// <summary>How long ago it last came round: every two seconds at the latest while all is well.</summary>
    public TimeSpan SinceRound => _time.GetElapsedTime(Volatile.Read(ref _roundAt));

    /// <summary>Looks whether something else is in service, unless that was done a moment ago.</summary>
    public void RefreshIfDue()
    {
        var now = _time.GetTimestamp();
        var last = Volatile.Read(ref _lookedAt);
        if (_time.GetElapsedTime(last, now) >= LookEvery && Interlocked.CompareExchange(ref _lookedAt, now, last) == last)
        {
            Refresh();
        }
    }

    /// <summary>Puts the head that is on disk in service, if it is another one, and takes over what others did to the followers.</summary>
    public void Refresh()
    {
        try
        {
            lock (_gate)
            {
                if (services.State.Refresh() && services.State.Head is { } head)
                {
                    AnnounceKey();
                    _rings.Announce(isFirst: _announced is null).ForEach(Prepare);
                    Announce(head.Head);
                }
            }

            services.Followers.Refresh();
            services.Settings.Refresh();
            _lastFailure = null;
        }
        catch (CodexportException error)
        {
            // Several times a second: told once, not until it goes away.
            if (Interlocked.Exchange(ref _lastFailure, error.Message) != error.Message)
            {
                services.Log.Failed("Reading what is published", error);
            }
        }
    }

    /// <summary>Puts in service what this process has just published.</summary>
    public void Take(Sha256Hash revision, RevisionDocument document)
    {
        Refresh();
        services.State.Remember(revision, document);
    }

    /// <summary>Runs until stopped.</summary>
    public async Task RunAsync(Func<CancellationToken, Task>? watch, CancellationToken stopping)
    {
        _stopping = stopping;
        if (services.State.Head is { } head)
        {
            lock (_gate)
            {
                Prepare(head.Head.Revision);
            }
        }

        await Task.WhenAll(
            LookAsync(stopping),
            EveryAsync(FlushEvery, () => services.Followers.FlushAsync(stopping), stopping),
            EveryAsync(MoveOnEvery, () => MoveOnAsync(stopping), stopping),
            EveryAsync(SweepEvery, () => Now(services.Peers.Sweep), stopping),
            RenewAsync(stopping),
            watch is null ? Task.CompletedTask : WatchAsync(watch, stopping));
    }

    /// <summary>Waits for what was begun, and writes what was noted of followers, at the end.</summary>
    public async Task FinishAsync()
    {
        Task prepared;
        lock (_gate)
        {
            prepared = _prepared;
        }

        await prepared;
        await services.Prepared.FinishAsync();
        try
        {
            await services.Followers.FlushAsync(CancellationToken.None);
        }
        catch (CodexportException error)
        {
            services.Log.Failed("Writing the followers", error);
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        while (services.Peers.Connections is > 0 and var count
            ? await WaitAsync(count < Busy ? Tick : BusyTick, stopping)
            : await WaitForSomebodyAsync(stopping))
        {
            await GuardAsync("Upkeep", () => Now(Look));
            await GuardAsync("Writing the followers", () => services.Followers.FlushNewsAsync(stopping));
        }
    }

    private async Task<bool> WaitForSomebodyAsync(CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(services.Peers.Connected, Task.Delay(IdleTick, _time, ended.Token));
        await ended.CancelAsync();
        return !stopping.IsCancellationRequested;
    }

    private void Look()
    {
        Refresh();
        Volatile.Write(ref _roundAt, _time.GetTimestamp());

        // Left to itself the collector lets young garbage grow to the size of the processor's cache, tens of megabytes.
        var allocated = GC.GetTotalAllocatedBytes();
        if (allocated - _allocated > MaxGarbage)
        {
            _allocated = allocated;
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        }
    }

    private void AnnounceKey()
    {
        if (identity.Current.Fingerprint is var fingerprint && fingerprint != _fingerprint)
        {
            services.Log.Tell(new KeyRotated(services.Log.Now, _fingerprint, fingerprint));
            _fingerprint = fingerprint;
        }
    }

    private async Task MoveOnAsync(CancellationToken stopping)
    {
        if (services.Settings.Rollout.Effective.Count > 1
            && await new Rollout(services.Engine).AdvanceAsync(services.Followers.List(), stopping) is not null)
        {
            Refresh();
        }
    }

    private void Announce(Head head)
    {
        var revision = head.Revision;
        if (head.Sequence == _announcedSequence)
        {
            // A ring's head changed, not everybody's.
            return;
        }

        _announcedSequence = head.Sequence;
        if (_announced == revision)
        {
            services.Log.Tell(new HeadRenewed(services.Log.Now, revision.ToString(), head.Sequence));
            return;
        }

        // The first one is what the server starts with.
        if (_announced is not null)
        {
            services.Log.Tell(new RevisionPublished(services.Log.Now, revision.ToString(), head.Sequence));
            Prepare(revision);
        }

        _announced = revision;
    }

    private void Prepare(Sha256Hash revision)
    {
        _preparing?.Cancel();
        var preparing = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
        _preparing = preparing;
        var token = preparing.Token;
        var before = _prepared;
        _prepared = Task.Run(() => GuardAsync("Preparing bundles", async () =>
        {
            try
            {
                // One save is often followed by another: it must not meet a busy machine.
                await before;
                await Task.Delay(ShortCalm, _time, token);
                services.Prepared.DropUnkept(services.State.IsKept);
                await services.Bundles.PrepareAsync(revision, services.State.Previous, calm, _time, token);
            }
            finally
            {
                lock (_gate)
                {
                    _preparing = _preparing == preparing ? null : _preparing;
                }

                // Else each publication would leave its tie to the end of the server behind.
                preparing.Dispose();
            }
        }), CancellationToken.None);
    }

    private async Task RenewAsync(CancellationToken stopping)
        => await EveryAsync(RenewEvery, async () =>
        {
            if (services.State.Head is { } head && _time.GetUtcNow() - head.Head.IssuedAt >= RenewAfter)
            {
                await new PublishedRevisions(services.Engine) { Rollout = services.Settings.Rollout }.RenewHeadAsync(stopping);
                Refresh();
            }
        }, stopping, isDueAtOnce: true);

    private async Task WatchAsync(Func<CancellationToken, Task> watch, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await GuardAsync("Watching the Codex home", () => watch(stopping));
            await WaitAsync(RestartAfter, stopping);
        }
    }

    private async Task EveryAsync(TimeSpan period, Func<Task> work, CancellationToken stopping, bool isDueAtOnce = false)
    {
        if (isDueAtOnce)
        {
            await GuardAsync("Upkeep", work);
        }

        while (await WaitAsync(period, stopping))
        {
            await GuardAsync("Upkeep", work);
        }
    }

    private async Task<bool> WaitAsync(TimeSpan period, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(period, _time, stopping);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task GuardAsync(string doing, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            // Stopped, or overtaken by something newer.
        }
        catch (Exception error)
        {
            services.Log.Failed(doing, error);
        }
    }

    private static Task Now(Action work)
    {
        work();
        return Task.CompletedTask;
    }
}
