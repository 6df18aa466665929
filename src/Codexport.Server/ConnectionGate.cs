using System.Net;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Codexport.Server;

/// <summary>
/// The first thing that a connection meets: the peer filter, the limits on connections, then a look at its first byte, which tells a TLS
/// handshake (0x16) from plain HTTP.
/// </summary>
internal sealed class ConnectionGate(LiveSettings settings, PeerBook peers, ServerLimits limits, ServerLog log)
{
    private const byte TlsHandshake = 0x16;

    /// <summary>Lets a connection through to <paramref name="tls"/> or <paramref name="plain"/>, or drops it.</summary>
    public async Task HandleAsync(ConnectionContext connection, ConnectionDelegate tls, ConnectionDelegate plain)
    {
        if (connection.RemoteEndPoint is not IPEndPoint remote)
        {
            connection.Abort();
            return;
        }

        settings.Refresh();
        var address = PeerFilter.Unwrap(remote.Address);
        if (!settings.Allows(address))
        {
            // Not entered in the book: strangers must not crowd out those who may come.
            log.RefusedStranger(address);
            connection.Abort();
            return;
        }

        if (peers.Find(address) is not { } peer)
        {
            connection.Abort();
            return;
        }

        if (peers.TryConnect(peer, connection.Abort) is not { } standing)
        {
            log.Refused(peer, ErrorCode.LimitExceeded);
            connection.Abort();
            return;
        }

        try
        {
            connection.Features.Set(peer);
            connection.Features.Set(standing);
            if (await PeekAsync(connection) is { } first)
            {
                await (first == TlsHandshake ? tls : plain)(connection);
            }
        }
        finally
        {
            peers.Disconnect(peer, standing);
        }
    }

    private async Task<byte?> PeekAsync(ConnectionContext connection)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        deadline.CancelAfter(limits.FirstByteTimeout);

        // Who has said nothing yet is not waited for when the server stops.
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        using var stop = stopping.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        try
        {
            var input = connection.Transport.Input;
            var result = await input.ReadAsync(deadline.Token);
            byte? first = result.Buffer.IsEmpty ? null : result.Buffer.FirstSpan[0];

            // Nothing is consumed or examined, so that whoever reads next gets the same bytes at once.
            input.AdvanceTo(result.Buffer.Start);
            return first;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            connection.Abort();
            return null;
        }
    }
}
