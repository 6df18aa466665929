using System.Net;
using Codexport.Engine.Protocol;
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
        ConnectionStanding?[] three = [Connect(book, peer), Connect(book, peer), Connect(book, peer)];
        Assert.Null(Connect(book, peer));
        Assert.Equal(3, book.Connections);
        Assert.All(three, standing => book.Disconnect(peer, standing!));
        for (var index = 0; index < 7; index++)
        {
            book.Disconnect(peer, Connect(book, peer)!);
        }

        Assert.Null(Connect(book, peer));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(Connect(book, peer));
        Assert.Null(Connect(book, peer));
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
        Assert.All(Enumerable.Range(0, 3), _ => Assert.NotNull(Connect(book, peer)));
        var strict = new PeerBook(limits with { LimitsLoopback = true }, TimeProvider.System);
        var limited = strict.Find(IPAddress.Loopback)!;
        Assert.NotNull(Connect(strict, limited));
        Assert.Null(Connect(strict, limited));
    }

    [Fact]
    public void Connections_ThatHaveProvenNothing_GiveWayToNewOnes_AndProvenOnesStay()
    {
        var book = new PeerBook(new ServerLimits { MaxConnections = 8 }, TimeProvider.System);
        var peer = book.Find(IPAddress.Loopback)!;
        var ended = new List<string>();
        for (var index = 0; index < 3; index++)
        {
            var name = $"proven {index}";
            book.TryConnect(peer, () => ended.Add(name))!.Prove();
        }

        var standings = new Dictionary<string, ConnectionStanding>();
        for (var index = 0; index < 20; index++)
        {
            var name = $"silent {index}";
            standings[name] = book.TryConnect(peer, () => ended.Add(name))!;
            Assert.NotNull(standings[name]);
            foreach (var gone in ended.Where(standings.ContainsKey).ToList())
            {
                book.Disconnect(peer, standings[gone]);
                standings.Remove(gone);
            }
        }

        Assert.Equal(Enumerable.Range(0, 15).Select(index => $"silent {index}"), ended);
        Assert.Equal(8, book.Connections);
    }

    [Fact]
    public void Connections_ThatHaveAllProvenThemselves_LeaveNoRoom()
    {
        var book = new PeerBook(new ServerLimits { MaxConnections = 4 }, TimeProvider.System);
        var peer = book.Find(IPAddress.Loopback)!;
        for (var index = 0; index < 4; index++)
        {
            Connect(book, peer)!.Prove();
        }

        Assert.Null(Connect(book, peer));
        Assert.Equal(4, book.Connections);
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

    private static ConnectionStanding? Connect(PeerBook book, Peer peer) => book.TryConnect(peer, static () => { });
}
