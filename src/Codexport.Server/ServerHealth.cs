using System.Net;
using System.Net.Sockets;
using System.Text;
using Codexport.Engine.Protocol;

namespace Codexport.Server;

/// <summary>Whether a server that runs really is well: its upkeep goes round, and its port is answered.</summary>
/// <param name="server">The server.</param>
/// <param name="host">The address that it was told to listen on.</param>
internal sealed class ServerHealth(MasterServer server, string host)
{
    // The upkeep takes its time while nobody is connected; this is three of its rounds.
    private static readonly TimeSpan LeastRound = TimeSpan.FromSeconds(6);

    private static readonly byte[] Request = Encoding.ASCII.GetBytes($"GET {ProtocolConstants.HealthPath} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    /// <summary>Looks.</summary>
    /// <param name="patience">How old the upkeep's last round may be (6 s at least), and how long the port may take.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What is wrong, a whole sentence; null when nothing is.</returns>
    public async Task<string?> FindTroubleAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (server.SinceUpkeep is not { } since || (since > patience && since > LeastRound))
        {
            return "The upkeep does not come round.";
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        try
        {
            await AskAsync(deadline.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "The own port gave no answer in time.";
        }
        catch (SocketException error)
        {
            return $"The own port cannot be reached: {error.Message}.";
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Reachable(host), server.Port, cancellationToken);
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(Request, cancellationToken);
            _ = await stream.ReadAsync(new byte[16], cancellationToken);
        }
        catch (IOException)
        {
            // Turned away, because of its address or of a limit: it was the server that did so, and it is alive.
            return;
        }
    }

    private static string Reachable(string host)
    {
        var name = host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host;
        return !IPAddress.TryParse(name, out var address) ? name
            : address.Equals(IPAddress.Any) ? "127.0.0.1"
            : address.Equals(IPAddress.IPv6Any) ? "::1"
            : name;
    }
}
