using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Codexport.Benchmarks.Recording;

/// <summary>
/// Stands between a follower and its master, with the master's own key, and keeps what goes over the wire, byte for byte: a file for each
/// request and one for its answer, in the folder of the part that is being recorded.
/// </summary>
internal sealed class RecordingProxy(X509Certificate2 certificate, int masterPort) : IAsyncDisposable
{
    private const byte TlsHandshake = 0x16;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _connections = [];
    private Task _accepting = Task.CompletedTask;
    private int _count;

    /// <summary>Where the next exchanges are written.</summary>
    public string Folder { get; set; } = string.Empty;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Start()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(RelayAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
            // All is recorded.
        }
    }

    private async Task RelayAsync(Socket socket)
    {
        try
        {
            using (socket)
            {
                var first = new byte[1];
                if (await socket.ReceiveAsync(first, SocketFlags.Peek, _stop.Token) == 0)
                {
                    return;
                }

                using var onward = new TcpClient();
                await onward.ConnectAsync(IPAddress.Loopback, masterPort, _stop.Token);
                await using var follower = new NetworkStream(socket, ownsSocket: false);
                await using var master = onward.GetStream();
                if (first[0] != TlsHandshake)
                {
                    await ExchangeAsync(follower, master, "plain");
                    return;
                }

                await using var secureFollower = new SslStream(follower);
                await secureFollower.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, _stop.Token);
                // The master is our own, on this machine.
#pragma warning disable CA5359
                await using var secureMaster = new SslStream(master, leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
                await secureMaster.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, _stop.Token);
                await ExchangeAsync(secureFollower, secureMaster, "tls");
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException)
        {
            // The follower hung up, as it does when it has what it wants.
        }
    }

    private async Task ExchangeAsync(Stream follower, Stream master, string transport)
    {
        while (await ReadAsync(follower, isRequest: true) is { } request)
        {
            await master.WriteAsync(request, _stop.Token);
            var answer = await ReadAsync(master, isRequest: false) ?? throw new IOException("The master gave no answer.");
            var name = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{Interlocked.Increment(ref _count):00}-{transport}"));
            await File.WriteAllBytesAsync(name + ".request", request, _stop.Token);
            await File.WriteAllBytesAsync(name + ".answer", answer, _stop.Token);
            await follower.WriteAsync(answer, _stop.Token);
            await follower.FlushAsync(_stop.Token);
        }
    }

    /// <summary>One message as it is, head and body; null when the other side has ended.</summary>
    private async Task<byte[]?> ReadAsync(Stream stream, bool isRequest)
    {
        var message = new List<byte>();
        if (!await ReadUntilAsync(stream, message, "\r\n\r\n"))
        {
            return null;
        }

        var head = Encoding.Latin1.GetString([.. message]);
        if (Header(head, "Content-Length") is { } length)
        {
            await ReadCountAsync(stream, message, int.Parse(length, CultureInfo.InvariantCulture));
        }
        else if (!isRequest && Header(head, "Transfer-Encoding") == "chunked")
        {
            await ReadUntilAsync(stream, message, "\r\n0\r\n\r\n");
        }

        return [.. message];
    }

    private static string? Header(string head, string name) => head.Split("\r\n")
        .Select(line => line.Split(": ", 2)).FirstOrDefault(pair => pair[0].Equals(name, StringComparison.OrdinalIgnoreCase))?[1];

    private async Task<bool> ReadUntilAsync(Stream stream, List<byte> message, string end)
    {
        var sign = Encoding.ASCII.GetBytes(end);
        var one = new byte[1];
        while (message.Count < sign.Length || !message.TakeLast(sign.Length).SequenceEqual(sign))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return false;
            }

            message.Add(one[0]);
        }

        return true;
    }

    private async Task ReadCountAsync(Stream stream, List<byte> message, int count)
    {
        var rest = new byte[count];
        await stream.ReadExactlyAsync(rest, _stop.Token);
        message.AddRange(rest);
    }
}
