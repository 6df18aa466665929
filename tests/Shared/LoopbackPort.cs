using System.Net;
using System.Net.Sockets;

namespace Codexport.Tests.Shared;

/// <summary>Ports of this machine for servers that cannot choose one themselves.</summary>
internal static class LoopbackPort
{
    /// <summary>A port that nobody listens on now; somebody may, by the time it is used.</summary>
    public static int FindFree()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
