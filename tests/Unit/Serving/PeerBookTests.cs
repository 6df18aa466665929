using System.Net;
using Codexport.Server;
using Codexport.Tests.Master;

namespace Codexport.Tests.Serving;

public sealed class PeerBookTests
{
    private static readonly IPAddress Address = IPAddress.Parse("100.64.0.7");

    [Fact]
    public void Connections_TooManyAtOnceOrTooFast_AreRefused()
    {
        var time = new ManualTime();
        var book = new PeerBook(new ServerLimits { MaxConnectionsPerAddress = 3, ConnectionBurst = 10, ConnectionsPerSecond = 1 }, time);
        var peer = book.Find(Address)!;
        Assert.True(book.TryConnect(peer) && book.TryConnect(peer) && book.TryConnect(peer));
        Assert.False(book.TryConnect(peer));
        Assert.Equal(3, book.Connections);
        for (var index = 0; index < 3; index++)
        {
            book.Disconnect(peer);
        }

        for (var index = 0; index < 7; index++)
        {
            Assert.True(book.TryConnect(peer));
            book.Disconnect(peer);
        }

        Assert.False(book.TryConnect(peer));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(book.TryConnect(peer));
        Assert.False(book.TryConnect(peer));
        Assert.Equal(1, book.Connections);
    }

    [Fact]
    public void Requests_TooMany_AreRefusedUntilTimePasses()
    {
        var time = new ManualTime();
        var limits = new ServerLimits { RequestBurst = 5, RequestsPerSecond = 2 };
        var peer = new PeerBook(limits, time).Find(Address)!;
        Assert.Equal(5, Enumerable.Range(0, 9).Count(_ => peer.TryRequest(limits, 0)));
        Assert.Equal(2, Enumerable.Range(0, 9).Count(_ => peer.TryRequest(limits, 1000)));
        Assert.Equal(5, Enumerable.Range(0, 9).Count(_ => peer.TryRequest(limits, 100_000)));
    }

    [Fact]
    public void Loopback_IsNotLimitedUnlessAsked()
    {
        var limits = new ServerLimits { MaxConnectionsPerAddress = 1, ConnectionBurst = 1 };
        var book = new PeerBook(limits, TimeProvider.System);
        var peer = book.Find(IPAddress.Loopback)!;
        Assert.True(book.TryConnect(peer) && book.TryConnect(peer) && book.TryConnect(peer));
        var strict = new PeerBook(limits with { LimitsLoopback = true }, TimeProvider.System);
        var limited = strict.Find(IPAddress.Loopback)!;
        Assert.True(strict.TryConnect(limited));
        Assert.False(strict.TryConnect(limited));
    }

    [Fact]
    public void Strangers_HoweverMany_FillNeitherBookNorLog()
    {
        var events = new EventRecorder();
        var log = new ServerLog(events, TimeProvider.System, new PeerBook(ServerLimits.Default, TimeProvider.System));
        for (var round = 0; round < 2; round++)
        {
            for (var index = 0; index < 30_000; index++)
            {
                log.RefusedStranger(new IPAddress([10, (byte)(index >> 16), (byte)(index >> 8), (byte)index]));
            }
        }

        Assert.Equal(1000, events.Events.Count);
    }

    [Fact]
    public void Failures_ThatRepeat_AreToldOnceAMinute()
    {
        var time = new ManualTime();
        var events = new EventRecorder();
        var log = new ServerLog(events, time, new PeerBook(ServerLimits.Default, time));
        for (var index = 0; index < 100; index++)
        {
            log.Failed("Answering", new InvalidOperationException("secret"));
        }

        Assert.Single(events.Events);
        time.Advance(TimeSpan.FromMinutes(2));
        log.Failed("Answering", new InvalidOperationException("secret"));
        Assert.Equal(2, events.Events.Count);
        Assert.DoesNotContain(events.Events.OfType<ServerWarning>(), warning => warning.Message.Contains("secret", StringComparison.Ordinal));
    }
}
