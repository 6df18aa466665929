using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Server;

namespace Codexport.Tests.Serving;

public sealed class MasterServerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_WhenThePortIsTaken_NamesItAndARemedy()
    {
        await using var master = await TestMaster.StartAsync();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var second = new MasterServer(master.Engine) { ReadSettings = () => new() };
        var error = await Assert.ThrowsAsync<CodexportException>(
            () => second.RunAsync(new MasterServerOptions("127.0.0.1", port, [], NoWatch: true), master.Events, Stop));
        Assert.Equal((ErrorCode.ListenFailed, $"127.0.0.1:{port}"), (error.Code, error.Target));
        Assert.Contains("--port", error.Remedy, StringComparison.Ordinal);
        Assert.True(second.Started.IsFaulted);
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("no-such-host.invalid")]
    public async Task Run_OnAnAddressThatIsNotHere_Fails(string host)
    {
        await using var master = await TestMaster.StartAsync();
        var second = new MasterServer(master.Engine) { ReadSettings = () => new() };
        var error = await Assert.ThrowsAsync<CodexportException>(
            () => second.RunAsync(new MasterServerOptions(host, 0, [], NoWatch: true), master.Events, Stop));
        Assert.Equal(ErrorCode.ListenFailed, error.Code);
        Assert.Contains(host, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OnAHomeThatIsNoMaster_Fails()
    {
        var folder = Directory.CreateTempSubdirectory("codexport-serve-").FullName;
        try
        {
            var context = new EngineContext(new CodexportHome(folder, Path.Combine(folder, ".codex")), new PhysicalFileSystem(), TimeProvider.System);
            var error = await Assert.ThrowsAsync<CodexportException>(() => new MasterServer(context) { ReadSettings = () => new() }
                .RunAsync(new MasterServerOptions("127.0.0.1", 0, [], NoWatch: true), new EventRecorder(), Stop));
            Assert.Equal(ErrorCode.NotMaster, error.Code);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Run_WhenToldToStop_EndsWithinItsBoundAndSaysSo()
    {
        var limits = new ServerLimits { StopTimeout = TimeSpan.FromSeconds(1) };
        await using var master = await TestMaster.StartAsync(limits);
        var credential = (string)(await master.JoinAsync())["credential"]!;
        Assert.NotNull(credential);
        var revision = await master.PublishBytesAsync(("a.bin", new byte[64 << 20]));
        using var response = await master.Http.GetAsync(ProtocolConstants.BundlePath + revision, HttpCompletionOption.ResponseHeadersRead, Stop);

        // The bundle is not taken, so nothing but the bound ends this.
        await master.StopAsync();
        Assert.IsType<ServerStopped>(master.Events.Events[^1]);
        var started = Assert.IsType<ServerStarted>(master.Events.Events[0]);
        Assert.Equal((master.Port, master.Identity.Fingerprint), (started.Port, started.Fingerprint));
    }

    [Fact]
    public async Task Run_WithAWatcherThatFails_WarnsAndServes()
    {
        await using var master = await TestMaster.StartAsync(watch: _ => throw new CodexportException(ErrorCode.FileUnreadable, "It cannot be read.", "Look."));
        var warning = await master.Events.WaitAsync<ServerWarning>(Stop);
        Assert.Equal(nameof(ErrorCode.FileUnreadable), warning.Code);
        await master.AssertLivesAsync(Stop);
    }

    [Fact]
    public async Task Run_WithAWatcher_CancelsItAtTheEnd()
    {
        var ended = new TaskCompletionSource();
        await using var master = await TestMaster.StartAsync(watch: async stopping =>
        {
            await Task.Delay(Timeout.Infinite, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended.SetResult();
        });
        await master.StopAsync();
        Assert.True(ended.Task.IsCompleted);
    }

    [Fact]
    public void Events_AsJson_AreOneObjectALine()
    {
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        ServerEvent[] events =
        [
            new ServerStarted(time, "0.0.0.0", 17342, "ff", null), new FollowerJoined(time, "i", "n \"q\"", "a", FollowerState.Pending),
            new FollowerApproved(time, "i", "n"), new FollowerRevoked(time, "i", "n"), new FollowerLeft(time, "i", "n"),
            new FollowerSynced(time, "i", "n", "r", 5), new FollowerApplied(time, "i", "n", "r"),
            new FollowerFailed(time, "i", "n", "DiskFull"), new FollowerHealed(time, "i", "n"), new KeyRotated(time, "p", "f"), new PeerRefused(time, "PeerRefused", "a"),
            new RevisionPublished(time, "r", 7), new HeadRenewed(time, "r", 8), new RevisionStored(time, "t", "r", 3, 9), new ServerWarning(time, "c", "m"),
            new ChangesWaiting(time, "r", 3), new RingPublished(time, "canary", "r"), new HomeWatched(time), new ServerStopping(time, 2, 60), new ServerStopped(time),
        ];
        string[] names =
            ["started", "joined", "approved", "revoked", "left", "synced", "applied", "failed", "healed", "rotated", "refused", "published", "renewed", "stored", "warning", "waiting", "ring", "watching", "stopping", "stopped"];
        foreach (var (happening, name) in events.Zip(names))
        {
            var line = ServerEventJson.Format(happening);
            Assert.DoesNotContain('\n', line);
            var json = JsonNode.Parse(line)!;
            Assert.Equal((name, "2026-01-02T03:04:05.000Z"), ((string?)json["event"], (string?)json["time"]));
            Assert.Contains(name == "started" ? "serving" : name, ServerEventText.Format(happening), StringComparison.Ordinal);
        }
    }
}
