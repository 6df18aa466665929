namespace Codexport.Server;

/// <summary>What the server bears from its peers.</summary>
public sealed record ServerLimits
{
    /// <summary>The documented defaults.</summary>
    public static ServerLimits Default { get; } = new();

    /// <summary>Connections in all.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Connections that have not shown an approved follower's credential: three quarters of all. Where there are more, the oldest gives way.</summary>
    public int MaxUnprovenConnections => Math.Max(1, MaxConnections - (MaxConnections / 4));

    /// <summary>Connections from one address; this machine's own are not counted.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 32;

    /// <summary>Connections that one address may open a second, over time; this machine's own are not counted.</summary>
    public double ConnectionsPerSecond { get; init; } = 20;

    /// <summary>Connections that one address may open at once.</summary>
    public int ConnectionBurst { get; init; } = 200;

    /// <summary>Requests that one address may send a second, over time; this machine's own are not counted.</summary>
    public double RequestsPerSecond { get; init; } = 50;

    /// <summary>Requests that one address may send at once.</summary>
    public int RequestBurst { get; init; } = 400;

    /// <summary>Whether the limits per address hold for this machine too.</summary>
    public bool LimitsLoopback { get; init; }

    /// <summary>Wrong invites that one address may offer before it has to wait, longer each time.</summary>
    public int FreeInviteFailures { get; init; } = 5;

    /// <summary>Time for the first byte of a connection.</summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for the TLS handshake.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for the whole of a request's header.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may stay without a request.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Bytes a second that a peer must send or take at least.</summary>
    public double MinDataRate { get; init; } = 1024;

    /// <summary>How long a peer may be slower than that.</summary>
    public TimeSpan DataRateGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of a request's header lines together.</summary>
    public int MaxHeaderSize { get; init; } = 8 * 1024;

    /// <summary>Bytes of a request's body.</summary>
    public int MaxBodySize { get; init; } = 8 * 1024;

    /// <summary>How long running answers may take once the server is told to stop: less than what systemd waits before it kills (90 s).</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a follower waits for a bundle to be compressed before it gets it as it is.</summary>
    public TimeSpan CompressionPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes that prepared bundles and documents may take on disk.</summary>
    public long MaxPreparedBytes { get; init; } = 4L << 30;

    /// <summary>Prepared bundles and documents kept on disk.</summary>
    public int MaxPreparedFiles { get; init; } = 128;
}
