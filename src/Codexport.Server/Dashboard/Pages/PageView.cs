using Codexport.Engine.Errors;
using Microsoft.AspNetCore.Http;

namespace Codexport.Server.Dashboard.Pages;

/// <summary>One request for a page, and its answer.</summary>
internal sealed class PageView(HttpContext context, DashboardSession session, DashboardParts parts)
{
    /// <summary>The request.</summary>
    public HttpContext Context => context;

    /// <summary>Whose it is.</summary>
    public DashboardSession Session => session;

    /// <summary>What there is to show.</summary>
    public DashboardParts Parts => parts;

    /// <summary>What all addresses of this session begin with.</summary>
    public string Root => $"/{session.Path}/";

    /// <summary>Signalled when the browser goes away.</summary>
    public CancellationToken Stop => context.RequestAborted;

    /// <summary>The time.</summary>
    public DateTimeOffset Now => parts.Time.GetUtcNow();

    /// <summary>A part of the path.</summary>
    public string Route(string name) => (string)context.Request.RouteValues[name]!;

    /// <summary>A value of the query, fit to be shown; empty when it is not there.</summary>
    public string Query(string name) => context.Request.Query[name] is [{ } value] ? ForeignText.Words(value, 200) : string.Empty;

    /// <summary>A number of the query.</summary>
    public int Number(string name, int least) => int.TryParse(Query(name), out var number) && number >= least ? number : least;

    /// <summary>What every form must hold.</summary>
    public Html FormToken => Html.Of($"""<input type="hidden" name="form" value="{session.FormToken}">""");

    /// <summary>Sends a page.</summary>
    /// <param name="title">What it is called.</param>
    /// <param name="section">The entry of the navigation that it belongs to.</param>
    /// <param name="body">What it holds.</param>
    public Task SendAsync(string title, Section section, Html body)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(Frame.Of(this, title, section, body).ToString(), Stop);
    }

    /// <summary>Sends a page that says what went wrong.</summary>
    public Task SendErrorAsync(string message, string remedy, int status)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        return SendAsync("That did not work", Section.None, Html.Of($"""
            <h1>That did not work</h1>
            <div class="card alert" role="alert"><p><strong>{message}</strong></p><p>{remedy}</p></div>
            <p><a href="{Root}">Back to the fleet</a></p>
            """));
    }

    /// <summary>Leads to a page, which the browser asks for with GET.</summary>
    public void Redirect(string path)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = Root + path;
    }
}

/// <summary>The entries of the navigation.</summary>
internal enum Section
{
    /// <summary>Belongs to none.</summary>
    None,

    /// <summary>The followers.</summary>
    Fleet,

    /// <summary>What was published.</summary>
    Revisions,

    /// <summary>What is held back.</summary>
    Publication,

    /// <summary>The join link.</summary>
    Link,
}
