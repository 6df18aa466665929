using System.Net;

namespace Codexport.Engine.Settings;

/// <summary><c>[metrics]</c>: whether and where a serving master gives figures to Prometheus.</summary>
/// <param name="Listen"><c>listen</c>: address and port; null for nowhere.</param>
/// <param name="TokenFile"><c>tokenFile</c>: a file beside the settings whose text whoever asks must bring; needed beyond loopback.</param>
public sealed record MetricsSettings(IPEndPoint? Listen, string? TokenFile)
{
    /// <summary>Nowhere.</summary>
    public static MetricsSettings None { get; } = new(null, null);
}
