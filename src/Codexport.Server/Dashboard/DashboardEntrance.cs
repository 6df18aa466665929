using Codexport.Engine.Master.Dashboard;
using Microsoft.AspNetCore.Http;

namespace Codexport.Server.Dashboard;

/// <summary>Who gets in: the guard before everything, tickets, and the sessions that they open.</summary>
/// <param name="door">The door of this run, once the port is known.</param>
/// <param name="time">The clock.</param>
internal sealed class DashboardEntrance(Func<DashboardDoor?> door, TimeProvider time)
{
    private const string CookieName = "codexport";

    private readonly Lazy<(DashboardDoor Door, DashboardGuard Guard, DashboardSessions Sessions)> _open = new(() =>
    {
        var own = door() ?? throw new InvalidOperationException("The door is not open yet.");
        return (own, new DashboardGuard(own), new DashboardSessions(own, time));
    });

    /// <summary>Whether the request may come in at all.</summary>
    public bool Allows(HttpContext context) => door() is not null && _open.Value.Guard.Allows(context);

    /// <summary>The answer that proves that this is the master; null for what is no question.</summary>
    public string? Answer(string? question) => DashboardTicket.Answer(_open.Value.Door, question);

    /// <summary>Lets in who brings a ticket that was not used yet, and gives the browser its cookie.</summary>
    public DashboardSession? Enter(HttpContext context)
    {
        if (_open.Value.Sessions.Enter(context.Request.Query["ticket"]) is not { } session)
        {
            return null;
        }

        context.Response.Cookies.Append(
            CookieName, session.Cookie, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = $"/{session.Path}/" });
        return session;
    }

    /// <summary>The session that a request belongs to; null when it belongs to none.</summary>
    public DashboardSession? Find(HttpContext context)
    {
        var path = context.Request.Path.Value ?? string.Empty;
        var end = path.IndexOf('/', 1);
        return end > 1 ? _open.Value.Sessions.Find(path[1..end], Cookies(context)) : null;
    }

    /// <summary>Ends a session.</summary>
    public void End(DashboardSession session) => _open.Value.Sessions.End(session);

    // All of that name: a page on another port may have set one of its own, which must not keep ours from being seen.
    private static IEnumerable<string> Cookies(HttpContext context)
        => context.Request.Headers.Cookie.SelectMany(line => (line ?? string.Empty).Split(';', StringSplitOptions.TrimEntries))
            .Where(pair => pair.StartsWith(CookieName + "=", StringComparison.Ordinal)).Select(pair => pair[(CookieName.Length + 1)..]);
}
