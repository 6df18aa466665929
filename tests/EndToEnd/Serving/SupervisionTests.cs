using System.Net.Sockets;
using System.Text;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.ServiceSetup;
using Codexport.Server;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Serving;

/// <summary>What a server tells its service manager, seen from a socket of the test's own.</summary>
public sealed class SupervisionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_OfAServerThatRuns_HasNoTrouble()
    {
        await using var master = await TestMaster.StartAsync();
        foreach (var host in new[] { "127.0.0.1", "0.0.0.0", "localhost", "[127.0.0.1]" })
        {
            Assert.Null(await new ServerHealth(master.Server, host).FindTroubleAsync(TimeSpan.FromSeconds(30), Stop));
        }
    }

    [Fact]
    public async Task Health_WithoutUpkeepOrPort_SaysSo()
    {
        await using var master = await TestMaster.StartAsync();
        Assert.Contains("upkeep", await new ServerHealth(new MasterServer(master.Engine), "127.0.0.1").FindTroubleAsync(TimeSpan.FromSeconds(30), Stop), StringComparison.Ordinal);
        Assert.Contains("reached", await new ServerHealth(master.Server, "127.0.0.2").FindTroubleAsync(TimeSpan.FromSeconds(30), Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhileTheUpkeepHangs_SendsNoSignOfLife()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Datagrams between sockets of one machine are Unix's.");
        using var folder = new TemporaryFolder();
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(folder["notify"]));
        using var free = new ManualResetEventSlim(initialState: true);
        await using var master = await TestMaster.StartAsync();
        var engine = master.Engine with { Files = new FaultyFileSystem(master.Engine.Files) { Seen = (_, _) => free.Wait(CancellationToken.None) } };
        using var notifier = ServiceNotifier.Open(name => name switch { "NOTIFY_SOCKET" => folder["notify"], "WATCHDOG_USEC" => "4000000", _ => null })!;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var events = new EventRecorder();
        var server = new MasterServer(engine) { ReadSettings = () => new() };
        var running = new SupervisedServer(server, notifier, TimeProvider.System).RunAsync(new MasterServerOptions("127.0.0.1", 0, [], NoWatch: true), events, stop.Token);

        Assert.StartsWith("READY=1\nSTATUS=Serving on 127.0.0.1 port ", await ReceiveAsync(manager), StringComparison.Ordinal);
        Assert.Equal("WATCHDOG=1", await ReceiveAsync(manager));

        free.Reset();
        await WaitForWarningsAsync(events, 1);
        Drain(manager);
        await WaitForWarningsAsync(events, events.Events.OfType<ServerWarning>().Count() + 1);
        Assert.Equal(0, manager.Available);

        free.Set();
        Assert.Equal("WATCHDOG=1", await ReceiveAsync(manager));
        await stop.CancelAsync();
        await running;
        string last;
        do
        {
            last = await ReceiveAsync(manager);
        }
        while (last == "WATCHDOG=1");
        Assert.Equal("STOPPING=1", last);
    }

    [Fact]
    public void EventWriter_ForTheJournal_GivesWeightAndNoTime()
    {
        var lines = new List<string>();
        var writer = new EventWriter(lines.Add, EventForm.Journal, warningsOnly: false);
        writer.Emit(new ServerWarning(DateTimeOffset.UnixEpoch, "Code", "It is so."));
        writer.Emit(new ServerStopped(DateTimeOffset.UnixEpoch));
        Assert.Equal(["<4>warning: It is so. [Code]", "<6>stopped"], lines);
    }

    [Fact]
    public void RollingLog_WhenFull_KeepsOneOlderFile()
    {
        using var folder = new TemporaryFolder();
        var log = new RollingLog(new PhysicalFileSystem(), folder["a.log"], sizeLimit: 20);
        foreach (var line in new[] { "first line that is long", "second\nline that is long", "third" })
        {
            log.Write(line);
        }

        Assert.Equal("second line that is long\n", File.ReadAllText(folder["a.log.old"]));
        Assert.Equal("third\n", File.ReadAllText(folder["a.log"]));
    }

    private static async Task WaitForWarningsAsync(EventRecorder events, int count)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (events.Events.OfType<ServerWarning>().Count(warning => warning.Code == "Unhealthy") < count)
        {
            Assert.True(DateTime.UtcNow < deadline, "It never noticed.");
            await Task.Delay(50, Stop);
        }
    }

    private static void Drain(Socket socket)
    {
        while (socket.Available > 0)
        {
            socket.Receive(new byte[512]);
        }
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        var buffer = new byte[512];
        return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, deadline.Token));
    }
}
