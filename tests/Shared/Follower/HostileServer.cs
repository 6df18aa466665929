using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Codexport.Tests.Follower;

/// <summary>A server on raw sockets that answers by script, plain and over TLS on one port, as a master does.</summary>
public sealed class HostileServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _connections = [];
    private readonly List<HostileRequest> _requests = [];
    private readonly Task _accepting;

    public HostileServer(X509Certificate2 certificate, Func<HostileRequest, HostileAnswer> answer)
    {
        Certificate = certificate;
        Answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public X509Certificate2 Certificate { get; set; }

    public Func<HostileRequest, HostileAnswer> Answer { get; set; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyList<HostileRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public void ForgetRequests()
    {
        lock (_requests)
        {
            _requests.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
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

                await using var network = new NetworkStream(socket, ownsSocket: false);
                if (first[0] != 0x16)
                {
                    await TalkAsync(network, isSecure: false);
                    return;
                }

                await using var secure = new SslStream(network);
                await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _stop.Token);
                await TalkAsync(secure, isSecure: true);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            // The follower hung up, which is what most of these tests are about.
        }
    }

    private async Task TalkAsync(Stream stream, bool isSecure)
    {
        while (await ReadAsync(stream, isSecure) is { } request)
        {
            lock (_requests)
            {
                _requests.Add(request);
            }

            await Answer(request).WriteAsync(stream, _stop.Token);
            await stream.FlushAsync(_stop.Token);
            if (!isSecure)
            {
                return;
            }
        }
    }

    private async Task<HostileRequest?> ReadAsync(Stream stream, bool isSecure)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }

            text.Append((char)one[0]);
        }

        var lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(
            pair => pair[0].ToLowerInvariant(), pair => pair[1], StringComparer.Ordinal);
        var body = new byte[headers.TryGetValue("content-length", out var length) ? int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, _stop.Token);
        var first = lines[0].Split(' ');
        return new HostileRequest(first[0], first[1], headers, Encoding.UTF8.GetString(body), isSecure);
    }
}
