using System.Net;
using Codexport.Engine;
using Codexport.Engine.Master;
using Microsoft.AspNetCore.Connections;

namespace Codexport.Cli.Serving;

/// <summary>
/// The first thing that a connection meets: the peer filter, the limits on connections, then a look at its first byte, which tells a TLS
/// handshake (0x16) from plain HTTP.
/// </summary>
internal sealed class ConnectionGate(PeerFilter filter, PeerBook peers, ServerLimits limits, ServerLog log)
{
    private const byte TlsHandshake = 0x16;

    /// <summary>Lets a connection through to <paramref name="tls"/> or <paramref name="plain"/>, or drops it.</summary>
    public async Task HandleAsync(ConnectionContext connection, ConnectionDelegate tls, ConnectionDelegate plain)
    {
        if (connection.RemoteEndPoint is not IPEndPoint remote || peers.Find(PeerFilter.Unwrap(remote.Address)) is not { } peer)
        {
            connection.Abort();
            return;
        }

        if (!filter.Allows(remote.Address))
        {
            Drop(connection, peer, ErrorCode.PeerRefused);
            return;
        }

        if (!peers.TryConnect(peer))
        {
            Drop(connection, peer, ErrorCode.LimitExceeded);
            return;
        }

        try
        {
            connection.Features.Set(peer);
            if (await PeekAsync(connection) is { } first)
            {
                await (first == TlsHandshake ? tls : plain)(connection);
            }
        }
        finally
        {
            peers.Disconnect(peer);
        }
    }

    private async Task<byte?> PeekAsync(ConnectionContext connection)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        deadline.CancelAfter(limits.FirstByteTimeout);
        try
        {
            var input = connection.Transport.Input;
            var result = await input.ReadAsync(deadline.Token);
            byte? first = result.Buffer.IsEmpty ? null : result.Buffer.FirstSpan[0];

            // Nothing is consumed or examined, so that whoever reads next gets the same bytes at once.
            input.AdvanceTo(result.Buffer.Start);
            return first;
        }
        catch (Exception error) when (error is OperationCanceledException or ConnectionResetException or ConnectionAbortedException)
        {
            connection.Abort();
            return null;
        }
    }

    private void Drop(ConnectionContext connection, Peer peer, ErrorCode reason)
    {
        log.Refused(peer, reason);
        connection.Abort();
    }
}
