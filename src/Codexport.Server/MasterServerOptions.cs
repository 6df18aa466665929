using Codexport.Engine.Settings;

namespace Codexport.Server;

/// <summary>What <c>master serve</c> is asked to do.</summary>
/// <param name="Host">The address or name to listen on; <c>0.0.0.0</c> for every IPv4 address, <c>::</c> for every address.</param>
/// <param name="Port">The port; 0 lets the system choose one.</param>
/// <param name="AllowedPeers">Ranges of peers besides this machine, Tailscale and those of the settings, in CIDR form.</param>
/// <param name="NoWatch">Whether to serve what is published without looking for changes of the Codex home.</param>
public sealed record MasterServerOptions(string Host, int Port, IReadOnlyList<string> AllowedPeers, bool NoWatch)
{
    /// <summary>Whether the dashboard is served too, on this machine's loopback address alone.</summary>
    public bool HasDashboard { get; init; }

    /// <summary>Where figures are given to Prometheus.</summary>
    public MetricsSettings Metrics { get; init; } = MetricsSettings.None;
}
