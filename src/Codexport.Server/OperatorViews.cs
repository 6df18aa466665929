using Codexport.Engine;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;
using Codexport.Server.Dashboard;
using Codexport.Server.Metrics;

namespace Codexport.Server;

/// <summary>What a running server shows to whoever runs it, beside serving followers: the dashboard, and figures for Prometheus.</summary>
internal sealed class OperatorViews : IAsyncDisposable
{
    private readonly EngineContext _context;
    private readonly SyncHistory _syncs;
    private readonly LiveFeed _feed;
    private DashboardHost? _dashboard;
    private MetricsHost? _figures;

    /// <summary>Begins to note what happens.</summary>
    public OperatorViews(EngineContext context, IServerEventSink sink, FollowerRegistry followers)
    {
        _context = context;
        _syncs = new SyncHistory(context);
        _feed = new LiveFeed(context.Time);
        Board = new PublicationBoard(context.Time);
        Recorder = new SyncRecorder(sink, _syncs, followers, context.Time);
        Recorder.Happened += Metrics.Count;
        Recorder.Happened += _ => _feed.Change();
        Board.Changed += _feed.Change;
    }

    /// <summary>Where the server tells what happens.</summary>
    public SyncRecorder Recorder { get; }

    /// <summary>Where it counts.</summary>
    public ServerMetrics Metrics { get; } = new();

    /// <summary>Where it says how the last look at the Codex home ended.</summary>
    public PublicationBoard Board { get; }

    /// <summary>The port that figures are given at; 0 where they are not.</summary>
    public int MetricsPort => _figures?.Port ?? 0;

    /// <summary>Begins to serve what the options ask for.</summary>
    public async Task StartAsync(
        ServerServices services, ServedIdentity identity, MasterServerOptions options, int port, Action refresh, CancellationToken cancellationToken)
    {
        if (options.HasDashboard)
        {
            var parts = new DashboardParts(
                new HomeOperations(_context), new MasterOperations(_context), _syncs, Board, _feed,
                () => new Surroundings(identity.Current.Fingerprint, services.State.Head?.Head.Expires, port, !options.NoWatch), refresh, _context.Time);
            _dashboard = new DashboardHost(_context, parts, services.Log);
            await _dashboard.StartAsync(cancellationToken);
        }

        if (options.Metrics.Listen is not null)
        {
            _figures = new MetricsHost(_context, options.Metrics, identity, Metrics, stopping => LookAsync(services, stopping), services.Log);
            await _figures.StartAsync(cancellationToken);
        }
    }

    /// <summary>Stops serving.</summary>
    public async Task StopAsync()
    {
        await (_dashboard?.StopAsync() ?? Task.CompletedTask);
        await (_figures?.StopAsync() ?? Task.CompletedTask);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (_dashboard?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_figures?.DisposeAsync() ?? ValueTask.CompletedTask);
        Metrics.Dispose();
    }

    private async Task<FleetFigures> LookAsync(ServerServices services, CancellationToken stopping)
    {
        var head = services.State.Head?.Head;
        var published = new PublishedRevisions(_context).List();
        return FleetFigures.Of(await new MasterOperations(_context).GetFollowersAsync(stopping)) with
        {
            Connections = services.Peers.Connections,
            HeadExpires = head?.Expires.ToUnixTimeSeconds() ?? 0,
            IsHeld = Board.State?.Reason is not null,
            PublishedAt = published.Count > 0 ? published[^1].PublishedAt.ToUnixTimeSeconds() : 0,
        };
    }
}
