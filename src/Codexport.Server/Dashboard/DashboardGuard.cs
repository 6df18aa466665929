using System.Globalization;
using System.Net;
using Codexport.Engine.Master.Dashboard;
using Microsoft.AspNetCore.Http;

namespace Codexport.Server.Dashboard;

/// <summary>
/// What every request to the dashboard must be, before anything is done for it: addressed to this machine by its number (a page elsewhere
/// whose name was pointed here gives itself away by <c>Host</c>), and not sent by a page of another origin, another port of this machine included.
/// </summary>
internal sealed class DashboardGuard(DashboardDoor door)
{
    private readonly string _host = string.Create(CultureInfo.InvariantCulture, $"{IPAddress.Loopback}:{door.Port}");

    /// <summary>Whether the request is addressed and sent as the dashboard's own pages do, or as a person who opens an address does.</summary>
    public bool Allows(HttpContext context)
    {
        var headers = context.Request.Headers;
        return headers.Host is [var host] && host == _host
            && context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && (headers.Origin.Count == 0 || headers.Origin is [var origin] && origin == $"http://{_host}")
            && (headers["Sec-Fetch-Site"] is [] or ["same-origin" or "none"] || IsLeadIn(context));
    }

    /// <summary>Whether a form comes from a page of this session: a browser names the origin of a form, and the page gave it the token.</summary>
    public static bool AllowsChange(HttpContext context, DashboardSession session, IFormCollection form)
        => context.Request.Headers.Origin.Count == 1 && form["form"] is [var token] && DashboardSession.Same(token, session.FormToken);

    /// <summary>What the browser must not do with any page.</summary>
    public static void Harden(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
    }

    // The command's own file is another origin to the browser. It may lead to the one address that a ticket opens.
    private static bool IsLeadIn(HttpContext context)
        => context.Request.Path == DashboardPaths.Enter && context.Request.Headers["Sec-Fetch-Mode"] is ["navigate"];
}
