using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Server.Metrics;

namespace Codexport.Server;

/// <summary>What the endpoints work with, made once for a run of the server.</summary>
internal sealed record ServerServices(
    EngineContext Engine,
    ServerLimits Limits,
    ServerLog Log,
    PeerBook Peers,
    PublishedState State,
    IContentStore Contents,
    PreparedFiles Prepared,
    BundleFactory Bundles,
    FollowerRegistry Followers,
    Invites Invites,
    LiveSettings Settings)
{
    /// <summary>Where what is done is counted.</summary>
    public required ServerMetrics Metrics { get; init; }
}
