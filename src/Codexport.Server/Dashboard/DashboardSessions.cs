using Codexport.Engine.Master.Dashboard;

namespace Codexport.Server.Dashboard;

/// <summary>The browsers that were let in, and the tickets that were used.</summary>
internal sealed class DashboardSessions(DashboardDoor door, TimeProvider time)
{
    private const int MostSessions = 32;
    private static readonly TimeSpan EndsAfter = TimeSpan.FromHours(12);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DashboardSession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _used = new(StringComparer.Ordinal);

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Lets in who brings a ticket that was not used yet; null for everybody else.</summary>
    public DashboardSession? Enter(string? ticket)
    {
        var now = time.GetUtcNow();
        if (DashboardTicket.Check(door, ticket, now) is not { } expires)
        {
            return null;
        }

        lock (_gate)
        {
            foreach (var ended in _used.Where(pair => pair.Value <= now).Select(pair => pair.Key).ToList())
            {
                _used.Remove(ended);
            }

            if (!_used.TryAdd(ticket!, expires))
            {
                return null;
            }

            Sweep();
            var session = new DashboardSession(Now);
            _sessions[session.Path] = session;
            return session;
        }
    }

    /// <summary>The session with this path and cookie; null when there is none.</summary>
    public DashboardSession? Find(string path, IEnumerable<string> cookies)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(path, out var session) || !cookies.Any(cookie => DashboardSession.Same(cookie, session.Cookie)))
            {
                return null;
            }

            if (Now - session.UsedAt > (long)EndsAfter.TotalMilliseconds)
            {
                _sessions.Remove(path);
                return null;
            }

            session.UsedAt = Now;
            return session;
        }
    }

    /// <summary>Ends a session.</summary>
    public void End(DashboardSession session)
    {
        lock (_gate)
        {
            _sessions.Remove(session.Path);
        }
    }

    // The one that was not used for longest gives way.
    private void Sweep()
    {
        while (_sessions.Count >= MostSessions)
        {
            _sessions.Remove(_sessions.Values.MinBy(session => session.UsedAt)!.Path);
        }
    }
}
