namespace Codexport.Server;

/// <summary>
/// The connections that have not shown the credential of an approved follower. They share a bounded part of all connections, and where that
/// is full the oldest gives way: whoever holds connections open without a word cannot lock those out who have something to say.
/// </summary>
/// <param name="limit">How many there may be.</param>
internal sealed class UnprovenConnections(int limit)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<ConnectionStanding> _waiting = new();

    /// <summary>Enters a connection; the oldest gives way where there are too many.</summary>
    /// <param name="giveWay">Ends the connection.</param>
    public ConnectionStanding Enter(Action giveWay)
    {
        var standing = new ConnectionStanding(this, giveWay);
        lock (_gate)
        {
            standing.Place = _waiting.AddLast(standing);
            if (_waiting.Count <= limit)
            {
                return standing;
            }
        }

        TryEndOldest();
        return standing;
    }

    /// <summary>Ends the oldest one; false when there is none.</summary>
    public bool TryEndOldest()
    {
        ConnectionStanding oldest;
        lock (_gate)
        {
            if (_waiting.First is not { } first)
            {
                return false;
            }

            oldest = first.Value;
            Remove(oldest);
        }

        oldest.GiveWay();
        return true;
    }

    /// <summary>Takes a connection out: it has proven whose it is, or ended.</summary>
    public void Leave(ConnectionStanding standing)
    {
        lock (_gate)
        {
            Remove(standing);
        }
    }

    private void Remove(ConnectionStanding standing)
    {
        if (standing.Place is { } place)
        {
            _waiting.Remove(place);
            standing.Place = null;
        }
    }
}

/// <summary>Whether a connection has proven anything.</summary>
/// <param name="all">Those that have not.</param>
/// <param name="giveWay">Ends the connection.</param>
internal sealed class ConnectionStanding(UnprovenConnections all, Action giveWay)
{
    /// <summary>Where it stands among those that have proven nothing; null when it is not one of them.</summary>
    public LinkedListNode<ConnectionStanding>? Place { get; set; }

    /// <summary>An approved follower's credential came over it.</summary>
    public void Prove() => all.Leave(this);

    /// <summary>Ends the connection.</summary>
    public void GiveWay() => giveWay();
}
