using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Protocol;
using Codexport.Engine.Publication;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Server.Metrics;

namespace Codexport.Server;

/// <summary>The master's server: one port, followers' requests, the watcher, and the head's renewal, until it is told to stop.</summary>
public sealed class MasterServer(EngineContext context)
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(3);

    private readonly TaskCompletionSource<int> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Action? _refresh;
    private volatile Upkeep? _upkeep;
    private volatile OperatorViews? _views;

    /// <summary>What the server bears.</summary>
    public ServerLimits Limits { get; init; } = ServerLimits.Default;

    /// <summary>Opens the stores that are not folders; null where only folders can be published to.</summary>
    public Func<PublishTarget, IRevisionStore>? Stores { get; init; }

    /// <summary>Watches the Codex home and publishes until it is cancelled; null takes the watcher of the engine.</summary>
    public Func<CancellationToken, Task>? Watch { get; init; }

    /// <summary>Breaks off what is still being sent when the server is stopping: the wish of somebody who does not want to wait.</summary>
    public CancellationToken EndNow { get; init; }

    /// <summary>The port once the server listens; the task fails when it cannot.</summary>
    public Task<int> Started => _started.Task;

    /// <summary>The port; 0 until the server listens.</summary>
    public int Port => _started.Task.IsCompletedSuccessfully ? _started.Task.Result : 0;

    /// <summary>The port that metrics are served at; 0 where they are not.</summary>
    internal int MetricsPort => _views?.MetricsPort ?? 0;

    /// <summary>How long ago the upkeep last came round; null before it began.</summary>
    public TimeSpan? SinceUpkeep => _upkeep?.SinceRound;

    /// <summary>How settings are read; tests replace it.</summary>
    internal Func<LocalSettings>? ReadSettings { get; init; }

    /// <summary>Puts what was just published in service without waiting for the next look.</summary>
    public void Refresh() => _refresh?.Invoke();

    /// <summary>Serves until <paramref name="cancellationToken"/> asks to stop, then ends within a bounded time.</summary>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.NotMaster"/>, <see cref="ErrorCode.IdentityInvalid"/>, <see cref="ErrorCode.SettingsInvalid"/> or
    /// <see cref="ErrorCode.ListenFailed"/>.
    /// </exception>
    public async Task RunAsync(MasterServerOptions options, IServerEventSink sink, CancellationToken cancellationToken)
    {
        try
        {
            await ServeAsync(options, sink, cancellationToken);
        }
        catch (Exception error)
        {
            if (_started.TrySetException(error))
            {
                // Looked at here, so that nobody has to.
                _ = _started.Task.Exception;
            }

            throw;
        }
    }

    private async Task ServeAsync(MasterServerOptions options, IServerEventSink sink, CancellationToken cancellationToken)
    {
        using var identity = new ServedIdentity(context);
        var read = ReadSettings ?? (() => SettingsFile.Read(context.Files, context.Home.SettingsFile));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // What somebody waits for is made to its end, also when the server is stopping.
        using var endMaking = new CancellationTokenSource();
        var peers = new PeerBook(Limits, context.Time);
        var followers = new FollowerRegistry(context);
        await using var views = new OperatorViews(context, sink, followers);
        var log = new ServerLog(views.Recorder, context.Time, peers) { Counted = views.Metrics.CountRefusal };
        var settings = new LiveSettings(context, read, options, log);
        var services = MakeServices(identity, settings, peers, log, followers, views.Metrics, endMaking.Token);
        services.Followers.StateChanged += follower => log.Tell(follower.State == FollowerState.Approved
            ? new FollowerApproved(log.Now, follower.Id, follower.Name)
            : new FollowerRevoked(log.Now, follower.Id, follower.Name));
        var upkeep = new Upkeep(services, identity, Calm);
        var pipeline = new RequestPipeline(services, upkeep.RefreshIfDue);
        await using var host = new KestrelHost(identity, new ConnectionGate(settings, peers, Limits, log), pipeline, Limits);
        upkeep.Refresh();
        var port = await host.StartAsync(options.Host, options.Port, cancellationToken);
        _refresh = upkeep.Refresh;
        _upkeep = upkeep;
        _views = views;
        await views.StartAsync(services, identity, options, port, upkeep.Refresh, cancellationToken);
        log.Tell(new ServerStarted(log.Now, options.Host, port, identity.Current.Fingerprint, services.State.Head?.Head.Revision.ToString()));
        _started.TrySetResult(port);
        var recording = views.Recorder.RunAsync(log, stop.Token);
        try
        {
            var keeping = new StoreKeeper(services, Stores, identity).RunAsync(stop.Token);
            await upkeep.RunAsync(options.NoWatch ? null : Watch ?? new HomeWatch(context, log, views.Board, upkeep.Take).RunAsync, stop.Token);
            await keeping;
        }
        finally
        {
            await stop.CancelAsync();
            if (pipeline.Running is > 0 and var running)
            {
                log.Tell(new ServerStopping(log.Now, running, (int)Limits.StopTimeout.TotalSeconds));
            }

            await views.StopAsync();
            await host.StopAsync(EndNow);
            await endMaking.CancelAsync();
            await upkeep.FinishAsync();
            await recording;
            log.Tell(new ServerStopped(log.Now));
        }
    }

    private ServerServices MakeServices(
        ServedIdentity identity, LiveSettings settings, PeerBook peers, ServerLog log, FollowerRegistry followers, ServerMetrics metrics,
        CancellationToken endMaking)
    {
        var state = new PublishedState(context, identity);
        var store = new CheckedContents(
            new ObjectStore(context.Files, context.Home.ObjectsFolder, context.Time, context.Trace), context.Home.ObjectsFolder, () => StoreDoubt.Raise(context));
        var prepared = new PreparedFiles(context.Files, Path.Combine(context.Home.MasterFolder, "bundles"), Limits, endMaking);
        return new ServerServices(
            context, Limits, log, peers, state, store, prepared, new BundleFactory(state, store, prepared, Limits),
            followers, new Invites(context), settings)
        {
            Metrics = metrics,
        };
    }
}
