using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Protocol;

namespace Codexport.Tests.Serving;

/// <summary>Many at once, and many for long.</summary>
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int Requests = 20_000;

    // Far longer than it takes on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Follower_Among500IdleAnd64BusyConnections_IsServedAllTheSame()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        var revision = await master.PublishBytesAsync(("a.bin", RandomNumberGenerator.GetBytes(4 << 20)), ("AGENTS.md", "x"u8.ToArray()));
        var idle = new List<IAsyncDisposable>();
        for (var index = 0; index < 500; index++)
        {
            idle.Add(index % 2 == 0 ? await SecureAsync(master) : await PlainAsync(master));
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var answered = 0;
        var busy = Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            using var client = master.MakeClient();
            client.DefaultRequestHeaders.Authorization = master.Http.DefaultRequestHeaders.Authorization;
            while (!ended.IsCancellationRequested)
            {
                using var head = await client.GetAsync(ProtocolConstants.HeadPath, Stop);
                head.EnsureSuccessStatusCode();
                Interlocked.Increment(ref answered);
                await Task.Delay(10, Stop);
            }
        }, Stop)).ToList();
        while (Volatile.Read(ref answered) < 640)
        {
            await Task.Delay(10, Stop);
        }

        await FollowAsync(master, revision).WaitAsync(Patience, Stop);
        await ended.CancelAsync();
        await Task.WhenAll(busy);
        foreach (var connection in idle)
        {
            await connection.DisposeAsync();
        }

        Assert.Empty(master.Events.Events.OfType<PeerRefused>());
        await master.AssertLivesAsync(Stop);
    }

    [Fact]
    public async Task Server_After20000Requests_HoldsNoMoreThanBefore()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process holds is read from /proc.");
        await using var server = await ServerProcess.StartAsync(new byte[1 << 20]);
        using var client = server.MakeClient();
        using var stranger = server.MakeClient();
        stranger.DefaultRequestHeaders.Authorization = new("Bearer", "wrong");
        await SendAsync(Requests / 4);
        var (memory, handles) = (server.Memory, await SettledAsync(server));
        await SendAsync(Requests * 3 / 4);
        var (memoryAfter, handlesAfter) = (server.Memory, await SettledAsync(server));

        output.WriteLine($"{Requests} requests: memory {memory >> 20} to {memoryAfter >> 20} MiB, handles {handles} to {handlesAfter}");
        Assert.InRange(memoryAfter - memory, long.MinValue, 20 << 20);
        Assert.InRange(handlesAfter - handles, int.MinValue, 8);

        async Task SendAsync(int count) => await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Stop }, async (index, token) =>
        {
            var (who, path, expected) = (index % 40) switch
            {
                < 28 => (client, ProtocolConstants.HeadPath, HttpStatusCode.OK),
                < 32 => (client, ProtocolConstants.RevisionsPath + server.Revision, HttpStatusCode.OK),
                32 => (client, ProtocolConstants.BundlePath + server.Revision, HttpStatusCode.OK),
                33 => (client, $"{ProtocolConstants.RevisionsPath}{server.Revision}?base={Sha256Hash.Of(BitConverter.GetBytes(index))}", HttpStatusCode.OK),
                34 => (client, ProtocolConstants.BundlePath + Sha256Hash.Of(BitConverter.GetBytes(index)), HttpStatusCode.NotFound),
                < 37 => (client, $"/nowhere/{index}", HttpStatusCode.NotFound),
                37 => (stranger, ProtocolConstants.ObjectsPath + server.Revision, HttpStatusCode.Unauthorized),
                _ => (stranger, ProtocolConstants.HeadPath, HttpStatusCode.OK),
            };
            using var answer = await who.GetAsync(path, token);
            Assert.Equal(expected, answer.StatusCode);
        });
    }

    /// <summary>Handles once those of connections and files that just ended are gone.</summary>
    private static async Task<int> SettledAsync(ServerProcess server)
    {
        var least = int.MaxValue;
        for (var look = 0; look < 10; look++)
        {
            least = Math.Min(least, server.Handles);
            await Task.Delay(30, Stop);
        }

        return least;
    }

    /// <summary>What a follower does when there is news.</summary>
    private static async Task FollowAsync(TestMaster master, Sha256Hash revision)
    {
        using var client = master.MakeClient();
        client.DefaultRequestHeaders.Authorization = master.Http.DefaultRequestHeaders.Authorization;
        await client.GetByteArrayAsync($"http://127.0.0.1:{master.Port}{ProtocolConstants.HealthPath}", Stop).ContinueWith(_ => { }, TaskScheduler.Default);
        await client.GetByteArrayAsync(ProtocolConstants.HeadPath, Stop);
        await client.GetByteArrayAsync(ProtocolConstants.RevisionsPath + revision, Stop);
        Assert.Equal((4 << 20) + 1, (await client.GetByteArrayAsync(ProtocolConstants.BundlePath + revision, Stop)).Length);
    }

    private static async Task<IAsyncDisposable> SecureAsync(TestMaster master)
    {
#pragma warning disable CA5359 // Whose key it is, other tests look at.
        var tls = new SslStream(new NetworkStream(await master.ConnectAsync(), ownsSocket: true), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync("codexport");
        return tls;
    }

    private static async Task<IAsyncDisposable> PlainAsync(TestMaster master)
    {
        var stream = new NetworkStream(await master.ConnectAsync(), ownsSocket: true);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"), Stop);
        Assert.True(await stream.ReadAsync(new byte[1000], Stop) > 0);
        return stream;
    }
}
