using System.Collections.Concurrent;
using System.Net;

namespace Codexport.Server;

/// <summary>What one address did lately.</summary>
internal sealed class Peer(IPAddress address, bool isExempt)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);
    private readonly TokenBucket _requests = new();
    private readonly TokenBucket _connects = new();
    private int _connections;
    private int _inviteFailures;
    private long _blockedUntil;
    private long _lastUse;

    /// <summary>The address as events show it.</summary>
    public string Address { get; } = address.ToString();

    /// <summary>The address itself.</summary>
    public IPAddress Ip => address;

    /// <summary>Counts a connection; false when the address has too many.</summary>
    public bool TryConnect(ServerLimits limits, long now)
    {
        lock (_gate)
        {
            _lastUse = now;
            if (!isExempt && (_connections >= limits.MaxConnectionsPerAddress || !_connects.TryTake(limits.ConnectionBurst, limits.ConnectionsPerSecond, now)))
            {
                return false;
            }

            _connections++;
            return true;
        }
    }

    /// <summary>Ends a counted connection.</summary>
    public void Disconnect(long now)
    {
        lock (_gate)
        {
            _connections--;
            _lastUse = now;
        }
    }

    /// <summary>Takes one request out of what the address may send.</summary>
    public bool TryRequest(ServerLimits limits, long now)
    {
        if (isExempt)
        {
            return true;
        }

        lock (_gate)
        {
            return _requests.TryTake(limits.RequestBurst, limits.RequestsPerSecond, now);
        }
    }

    /// <summary>Milliseconds that the address must wait before it may offer another invite; 0 when it need not.</summary>
    public long InviteDelay(long now)
    {
        lock (_gate)
        {
            return Math.Max(0, _blockedUntil - now);
        }
    }

    /// <summary>Notes whether an offered invite was right.</summary>
    public void NoteInvite(bool isRight, ServerLimits limits, long now)
    {
        lock (_gate)
        {
            _inviteFailures = isRight ? 0 : _inviteFailures + 1;
            var excess = _inviteFailures - limits.FreeInviteFailures;
            _blockedUntil = excess < 0 ? 0 : now + (Math.Min(300, 1L << Math.Min(excess, 10)) * 1000);
        }
    }

    /// <summary>Whether a refusal is to be told: once a minute for one reason.</summary>
    public bool IsWorthTelling(string reason, long now)
    {
        lock (_gate)
        {
            if (_told.TryGetValue(reason, out var last) && now - last < 60_000)
            {
                return false;
            }

            _told[reason] = now;
            return true;
        }
    }

    /// <summary>Whether nothing is remembered that matters any more.</summary>
    public bool IsForgettable(long now)
    {
        lock (_gate)
        {
            return _connections == 0 && now - _lastUse > 600_000 && _blockedUntil < now;
        }
    }
}

/// <summary>The addresses that were here lately, a bounded number of them.</summary>
internal sealed class PeerBook(ServerLimits limits, TimeProvider time)
{
    private const int MaxPeers = 20_000;

    private readonly ConcurrentDictionary<IPAddress, Peer> _peers = new();
    private int _connections;
    private readonly UnprovenConnections _unproven = new(limits.MaxUnprovenConnections);
    private readonly Lock _connectedGate = new();
    private TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _sweptAt;

    /// <summary>Connections there are.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Done as soon as there is a connection.</summary>
    public Task Connected
    {
        get
        {
            lock (_connectedGate)
            {
                return _connected.Task;
            }
        }
    }

    /// <summary>Milliseconds of the clock that peers count by.</summary>
    public long Now => time.GetTimestamp() / (time.TimestampFrequency / 1000);

    /// <summary>The entry of an address; null when there is no room for another, which refuses it.</summary>
    public Peer? Find(IPAddress address)
    {
        if (_peers.TryGetValue(address, out var known))
        {
            return known;
        }

        if (_peers.Count >= MaxPeers && Now - Volatile.Read(ref _sweptAt) > 1000)
        {
            Sweep();
        }

        return _peers.Count >= MaxPeers
            ? null
            : _peers.GetOrAdd(address, static (key, loopback) => new Peer(key, IPAddress.IsLoopback(key) && !loopback), limits.LimitsLoopback);
    }

    /// <summary>Counts a connection in all and for its address; null when there is no room for it.</summary>
    /// <param name="peer">Who connects.</param>
    /// <param name="giveWay">Ends the connection, should it be the oldest that has proven nothing when there are too many.</param>
    public ConnectionStanding? TryConnect(Peer peer, Action giveWay)
    {
        var count = Interlocked.Increment(ref _connections);
        if (peer.TryConnect(limits, Now))
        {
            if (count == 1)
            {
                NoteConnected();
            }

            // One that is told to give way is counted until it has ended.
            if (count <= limits.MaxConnections || _unproven.TryEndOldest())
            {
                return _unproven.Enter(giveWay);
            }

            peer.Disconnect(Now);
        }

        Leave();
        return null;
    }

    /// <summary>Ends a counted connection.</summary>
    public void Disconnect(Peer peer, ConnectionStanding standing)
    {
        standing.Prove();
        Leave();
        peer.Disconnect(Now);
    }

    /// <summary>Forgets addresses that were quiet for long.</summary>
    public void Sweep()
    {
        var now = Now;
        Volatile.Write(ref _sweptAt, now);
        foreach (var (address, peer) in _peers)
        {
            if (peer.IsForgettable(now))
            {
                _peers.TryRemove(address, out _);
            }
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _connections) == 0)
        {
            NoteConnected();
        }
    }

    private void NoteConnected()
    {
        lock (_connectedGate)
        {
            if (Connections > 0)
            {
                _connected.TrySetResult();
            }
            else if (_connected.Task.IsCompleted)
            {
                _connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
