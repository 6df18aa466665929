using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Codexport.Benchmarks.Comparisons;

/// <summary>
/// How a follower fares while others abuse the server: noise, half handshakes, slow headers, huge headers, wrong credentials, bodies that are
/// none. All from this machine, for which the limits per address do not count, and on the same processors: the worst case.
/// </summary>
internal static class AbuseComparisons
{
    private const int Abusers = 24;
    private const int Idle = 200;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Requests =
    [
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /v1/head HTTP/1.1\r\nHost: a\r\nX: " + new string('x', 60_000) + "\r\n\r\n",
        "GET /" + new string('x', 60_000) + " HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /v1/followers HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /v1/objects/../../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /v1/bundle/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer wrong\r\nConnection: close\r\n\r\n",
        "\0\0\0\0",
        "BREW / HTTP/1.1\r\n\r\n",
    ];

    public static async Task<IReadOnlyList<Outcome>> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new NotHereException("memory and handles are read from /proc");
        }

        var master = bench.NewCodexHome("master", 500);
        await bench.CodexportAsync(master, cancellationToken, "master", "init");
        var (server, port) = await bench.StartMasterAsync(master, cancellationToken);
        var follower = bench.NewFolder("follower");
        await bench.CodexportAsync(follower, cancellationToken, "follower", "join", await bench.JoinLinkAsync(master, port, cancellationToken), "--apply");
        var syncs = (bench.Program, new[] { "sync", "--apply", "--home", follower });
        var alone = (await Workbench.MediansAsync(15, cancellationToken, syncs))[0];
        var (memory, handles) = (Workbench.MemoryOf(server.Id), Workbench.HandlesOf(server.Id));

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var count = 0;
        var held = await HoldAsync(port, cancellationToken);
        var abuse = Enumerable.Range(0, Abusers).Select(index => Task.Run(() => AbuseAsync(port, index, () => Interlocked.Increment(ref count), ended.Token), CancellationToken.None)).ToList();
        await Task.Delay(2000, cancellationToken);
        var beside = (await Workbench.MediansAsync(25, cancellationToken, syncs))[0];
        await ended.CancelAsync();
        await Task.WhenAll(abuse);
        held.ForEach(socket => socket.Dispose());

        // Whatever was cut off needs the server's own deadlines to be gone.
        await Task.Delay(TimeSpan.FromSeconds(12), cancellationToken);
        using var http = new HttpClient();
        var isAlive = (await http.GetAsync(ServerComparisons.Url("http", port, "/healthz"), cancellationToken)).StatusCode == HttpStatusCode.OK;
        var grown = (Workbench.MemoryOf(server.Id) - memory) / 1e6;
        var more = Workbench.HandlesOf(server.Id) - handles;
        return
        [
            new($"sync beside {Abusers} abusers and {Idle} held connections / alone", $"{beside:0} ms", $"{alone:0} ms", beside / alone, 4),
            new($"server alive after {count} abuses (1 = yes)", isAlive ? "yes" : "no", "-", isAlive ? 1 : 0, 1, AtLeast: true),
            new("memory that the abuse left behind, MB", $"{grown:0} MB", "-", grown, 40),
            new("handles that the abuse left behind", $"{more}", "-", more, 10),
        ];
    }

    /// <summary>Connections that say half a request and then nothing.</summary>
    private static async Task<List<Socket>> HoldAsync(int port, CancellationToken cancellationToken)
    {
        var held = new List<Socket>();
        for (var index = 0; index < Idle; index++)
        {
            var socket = await ConnectAsync(port, cancellationToken);
            if (index % 2 == 0)
            {
                await socket.SendAsync("GET /v1/head HTTP/1.1\r\nHost: a\r\nX: "u8.ToArray(), cancellationToken);
            }

            held.Add(socket);
        }

        return held;
    }

    private static async Task AbuseAsync(int port, int seed, Action abused, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var socket = await ConnectAsync(port, cancellationToken);
                await using var stream = new NetworkStream(socket);
                await OneAsync(stream, random, cancellationToken);
            }
            catch (Exception error) when (error is IOException or SocketException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
            {
                // To be thrown out is what is expected here.
            }

            abused();
            await Task.Delay(Pace, CancellationToken.None);
        }
    }

    private static async Task OneAsync(NetworkStream stream, Random random, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(1));
        var buffer = new byte[4096];
        switch (random.Next(4))
        {
            case 0:
                random.NextBytes(buffer);
                buffer[0] = random.Next(2) == 0 ? (byte)0x16 : buffer[0];
                await stream.WriteAsync(buffer.AsMemory(0, random.Next(1, 600)), deadline.Token);
                break;
            case 1:
#pragma warning disable CA5359 // An abuser does not care whose key it is.
                await using (var tls = new SslStream(stream, leaveInnerStreamOpen: true, (_, _, _, _) => true))
#pragma warning restore CA5359
                {
                    await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "a" }, deadline.Token);
                    await tls.WriteAsync(Encoding.Latin1.GetBytes(Requests[random.Next(Requests.Length)]), deadline.Token);
                    _ = await tls.ReadAsync(buffer, deadline.Token);
                }

                return;
            default:
                await stream.WriteAsync(Encoding.Latin1.GetBytes(Requests[random.Next(Requests.Length)]), deadline.Token);
                break;
        }

        _ = await stream.ReadAsync(buffer, deadline.Token);
    }

    private static async Task<Socket> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return socket;
    }
}
