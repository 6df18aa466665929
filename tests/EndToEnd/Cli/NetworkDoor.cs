using System.Net;
using System.Net.Sockets;

namespace Codexport.Tests.Cli;

/// <summary>A door in front of a server: open it passes connections on, closed it hangs up, as a network that comes and goes.</summary>
internal sealed class NetworkDoor : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;

    public NetworkDoor(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public bool IsOpen { get; set; } = true;

    /// <summary>Bytes of the server's after which an open door hangs up on a connection.</summary>
    public long CutAfter { get; set; } = long.MaxValue;

    /// <summary>Connections that were cut.</summary>
    public int Cuts { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = IsOpen ? PassOnAsync(client) : HangUp(client);
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    private static Task HangUp(TcpClient client)
    {
        client.Dispose();
        return Task.CompletedTask;
    }

    private async Task PassOnAsync(TcpClient client)
    {
        using var inner = client;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            var there = inner.GetStream().CopyToAsync(server.GetStream(), _stop.Token);
            var back = AnswerAsync(server.GetStream(), inner.GetStream());
            await Task.WhenAny(there, back);
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or IOException)
        {
            return;
        }
    }

    private async Task AnswerAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[8192];
        for (var passed = 0L; await from.ReadAsync(buffer, _stop.Token) is > 0 and var count; passed += count)
        {
            if (passed + count > CutAfter)
            {
                Cuts++;
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }
}
