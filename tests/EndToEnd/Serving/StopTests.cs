using System.Net;
using System.Security.Cryptography;
using Codexport.Engine.Protocol;
using Codexport.Server;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Serving;

/// <summary>How the server ends: in good order, and at once for who insists.</summary>
public sealed class StopTests
{
    private const int Size = 48 << 20;

    // Nothing here may end a transfer by itself, however long a busy machine takes with it.
    private static readonly ServerLimits Patient = new() { StopTimeout = TimeSpan.FromMinutes(10), DataRateGrace = TimeSpan.FromMinutes(10) };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_WhileABundleIsBeingSent_LetsItEndWholeAndTakesNothingNew()
    {
        await using var master = await TestMaster.StartAsync(Patient);
        var content = RandomNumberGenerator.GetBytes(Size);
        await using var body = await BeginAsync(master, content);
        var stopped = master.BeginStop();
        var stopping = await master.Events.WaitAsync<ServerStopping>(Stop);
        Assert.Equal(1, stopping.Running);
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var late = master.MakeClient();
            while (true)
            {
                // It stops listening a moment after it says so.
                using var answer = await late.GetAsync(ProtocolConstants.HealthPath, Stop);
                await Task.Delay(20, Stop);
            }
        });
        Assert.False(stopped.IsCompleted);

        using var received = new MemoryStream();
        await body.CopyToAsync(received, Stop);
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(received.ToArray().AsSpan()));
        await stopped.WaitAsync(TimeSpan.FromMinutes(2), Stop);
        Assert.IsType<ServerStopped>(master.Events.Events[^1]);
        Assert.Single(master.Events.Events.OfType<FollowerSynced>());
    }

    [Fact]
    public async Task Stop_WhenSomebodyInsists_EndsAtOnce()
    {
        await using var master = await TestMaster.StartAsync(Patient);
        await using var body = await BeginAsync(master, RandomNumberGenerator.GetBytes(Size));
        var stopped = master.BeginStop();
        await master.Events.WaitAsync<ServerStopping>(Stop);
        Assert.False(stopped.IsCompleted);
        master.EndNow();
        await stopped.WaitAsync(TimeSpan.FromMinutes(2), Stop);
        await Assert.ThrowsAnyAsync<Exception>(() => body.CopyToAsync(Stream.Null, Stop));
        Assert.Empty(master.Events.Events.OfType<FollowerSynced>());
    }

    [Fact]
    public async Task Stop_WithManyWhoOnlyHoldConnections_IsQuick()
    {
        // Far longer than any stop may take: none of these may be waited for.
        var patience = TimeSpan.FromMinutes(10);
        await using var master = await TestMaster.StartAsync(new ServerLimits { FirstByteTimeout = patience, IdleTimeout = patience, StopTimeout = patience });
        var held = new List<System.Net.Sockets.Socket>();
        for (var index = 0; index < 40; index++)
        {
            var socket = await master.ConnectAsync();
            held.Add(socket);
            if (index % 2 == 0)
            {
                await socket.SendAsync("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Stop);
                Assert.True(await socket.ReceiveAsync(new byte[1000], Stop) > 0);
            }
        }

        await master.BeginStop().WaitAsync(TimeSpan.FromMinutes(2), Stop);
        held.ForEach(socket => socket.Dispose());
        Assert.Empty(master.Events.Events.OfType<ServerStopping>());
    }

    [Fact]
    public async Task Program_ToldOnce_LetsATransferEndAndToldTwice_EndsAtOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such signals.");
        foreach (var isInsisting in new[] { false, true })
        {
            await using var server = await ServerProcess.StartAsync(new byte[Size]);
            using var client = server.MakeClient();
            using var response = await client.GetAsync(ProtocolConstants.BundlePath + server.Revision, HttpCompletionOption.ResponseHeadersRead, Stop);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await using var body = await response.Content.ReadAsStreamAsync(Stop);
            LibC.Signal(server.Id, LibC.Terminate);
            var taken = await TakeSlowlyUntilAsync(body, server.UntilAsync("stopping"));
            if (isInsisting)
            {
                LibC.Signal(server.Id, LibC.Interrupt);
                await server.WaitForExitAsync();
                await Assert.ThrowsAnyAsync<Exception>(() => body.CopyToAsync(Stream.Null, Stop));
            }
            else
            {
                using var received = new MemoryStream();
                await body.CopyToAsync(received, Stop);
                Assert.InRange(taken + received.Length, Size, Size + 1000);
                await server.WaitForExitAsync();
            }

            Assert.Equal(0, server.ExitCode);
        }
    }

    /// <summary>
    /// Takes a little at a time until the server has told something: it cuts off who takes nothing for 10 s, and so much passes soon on a
    /// busy machine.
    /// </summary>
    private static async Task<long> TakeSlowlyUntilAsync(Stream body, Task told)
    {
        long taken = 0;
        var buffer = new byte[4096];
        do
        {
            taken += await body.ReadAsync(buffer, Stop);
            await Task.Delay(20, Stop);
        }
        while (!told.IsCompleted);

        await told;
        return taken;
    }

    /// <summary>A bundle whose first bytes have come, and whose rest waits to be taken.</summary>
    private static async Task<Stream> BeginAsync(TestMaster master, byte[] content)
    {
        await master.JoinAsync();
        var revision = await master.PublishBytesAsync(("a.bin", content));
        var response = await master.Http.GetAsync(ProtocolConstants.BundlePath + revision, HttpCompletionOption.ResponseHeadersRead, Stop);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStreamAsync(Stop);
    }
}
