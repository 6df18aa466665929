using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Codexport.Engine.ServiceSetup;

namespace Codexport.Tests.Platform.Services;

public sealed class ServiceNotifierTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Messages_ArriveOnASocketOfTheFileSystemOrAnAbstractOne(bool isAbstract)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Datagrams between sockets of one machine are Unix's.");
        Assert.SkipWhen(isAbstract && !OperatingSystem.IsLinux(), "Abstract names are Linux's.");
        using var folder = new TemporaryFolder();
        var name = isAbstract ? "codexport-test-" + Guid.NewGuid().ToString("N") : folder["notify"];
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
        manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name : name));
        using var notifier = Open((isAbstract ? "@" : string.Empty) + name);

        Assert.True(notifier!.Ready("Serving\non it"));
        Assert.Equal("READY=1\nSTATUS=Serving on it", Receive(manager));
        Assert.True(notifier.Alive());
        Assert.Equal("WATCHDOG=1", Receive(manager));
        Assert.True(notifier.Status("well"));
        Assert.Equal("STATUS=well", Receive(manager));
        Assert.True(notifier.Stopping());
        Assert.Equal("STOPPING=1", Receive(manager));
    }

    [Fact]
    public void Messages_WhenNobodyListens_AreLostWithoutHarm()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Datagrams between sockets of one machine are Unix's.");
        using var folder = new TemporaryFolder();
        using var notifier = Open(folder["nobody"]);
        Assert.False(notifier!.Ready("x"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("vsock:2:1234")]
    public void Open_WithoutASocketThatIsKnown_IsNothing(string? address) => Assert.Null(Open(address));

    [Theory]
    [InlineData("30000000", null, 30)]
    [InlineData("30000000", "own", 30)]
    [InlineData("30000000", "1", null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, null, null)]
    public void WatchdogInterval_IsThatOfThisProcess(string? microseconds, string? process, int? seconds)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Datagrams between sockets of one machine are Unix's.");
        var own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        using var notifier = ServiceNotifier.Open(name => name switch
        {
            "NOTIFY_SOCKET" => "/run/nobody",
            "WATCHDOG_USEC" => microseconds,
            "WATCHDOG_PID" => process == "own" ? own : process,
            _ => null,
        });
        Assert.Equal(seconds is { } number ? TimeSpan.FromSeconds(number) : null, notifier!.WatchdogInterval);
    }

    private static ServiceNotifier? Open(string? address) => ServiceNotifier.Open(name => name == "NOTIFY_SOCKET" ? address : null);

    private static string Receive(Socket socket)
    {
        var buffer = new byte[512];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
