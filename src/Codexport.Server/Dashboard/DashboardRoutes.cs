using Codexport.Engine.Errors;
using Codexport.Server.Dashboard.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Codexport.Server.Dashboard;

/// <summary>Every address of the dashboard. Pages are read with GET and change nothing; whatever changes something is a form.</summary>
internal sealed class DashboardRoutes(DashboardEntrance entrance, DashboardParts parts, ServerLog log, CancellationToken stopping)
{
    private readonly DashboardActions _actions = new(parts);

    /// <summary>Maps them.</summary>
    public void Map(WebApplication application)
    {
        application.Use(GuardAsync);
        application.UseRouting();
        application.MapGet(DashboardPaths.Proof, ProofAsync);
        application.MapGet(DashboardPaths.Enter, EnterAsync);
        Page(application, "", FleetPage.ShowAsync);
        Page(application, "followers/{id}", FollowerPage.ShowAsync);
        Page(application, "followers/{id}/revoke", FollowerPage.AskToRevokeAsync);
        Page(application, "revisions/{revision}/rollback", RevisionPage.AskToRollBackAsync);
        Page(application, "revisions", RevisionsPage.ShowAsync);
        Page(application, "revisions/{revision}", RevisionPage.ShowAsync);
        Page(application, "link", LinkPage.ShowAsync);
        Page(application, "publication", PublicationPage.ShowAsync);
        Form(application, "followers/{id}/approve", _actions.ApproveAsync);
        Form(application, "followers/{id}/refuse", _actions.RefuseAsync);
        Form(application, "followers/{id}/revoke", _actions.RevokeAsync);
        Form(application, "followers/{id}/place", _actions.PlaceAsync);
        Form(application, "rollout/promote", _actions.PromoteAsync);
        Form(application, "rollout/stop", _actions.StopAsync);
        Form(application, "revisions/{revision}/rollback", _actions.RollBackAsync);
        Form(application, "link", _actions.MakeLinkAsync);
        Form(application, "publication", _actions.PublishAsync);
        Form(application, "leave", LeaveAsync);
        application.MapGet("/{key}/live", context => parts.Feed.SendAsync(context, stopping));
        foreach (var asset in Asset.All)
        {
            application.MapGet("/{key}/" + asset.Name, asset.SendAsync);
        }
    }

    private async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        DashboardGuard.Harden(context.Response);
        if (!entrance.Allows(context))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync("This page is for the browser of the person at the master alone, at the address that 'codexport master dashboard' opens.\n");
            return;
        }

        if (context.Request.Path == DashboardPaths.Icon)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var isOutside = context.Request.Path == DashboardPaths.Proof || context.Request.Path == DashboardPaths.Enter;
        var session = isOutside ? null : entrance.Find(context);
        if (session is null && !isOutside)
        {
            await RefuseAsync(context);
            return;
        }

        context.Features.Set(session);
        await next(context);
        if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status404NotFound } && session is not null)
        {
            await new PageView(context, session, parts).SendErrorAsync("There is no such page.", "Go back to the fleet.", StatusCodes.Status404NotFound);
        }
    }

    private Task ProofAsync(HttpContext context)
    {
        if (entrance.Answer(context.Request.Query["question"]) is { } answer)
        {
            context.Response.ContentLength = answer.Length;
            return context.Response.WriteAsync(answer);
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }

    // The cookie is not sent along a way that begins at another origin, so the page itself goes on from here.
    private Task EnterAsync(HttpContext context)
    {
        if (entrance.Enter(context) is not { } session)
        {
            return RefuseAsync(context);
        }

        context.Response.Headers["Refresh"] = $"0; url=/{session.Path}/";
        return SendAsync(context, Frame.Plain("Codexport", Html.Of($"""<p><a href="/{session.Path}/">Go on to the dashboard</a></p>""")));
    }

    private async Task LeaveAsync(PageView view, IFormCollection form)
    {
        entrance.End(view.Session);
        await SendAsync(view.Context, Frame.Plain("Closed", Html.Of($"<h1>Closed</h1><p>This page was let out. <code>codexport master dashboard</code> opens it again.</p>")));
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return SendAsync(context, Frame.Plain("Not let in", Html.Of($"""
            <h1>Not let in</h1>
            <p>An address opens the dashboard once, within two minutes, and for as long as the master runs. Open it again with:</p>
            <p><code>codexport master dashboard</code></p>
            """)));
    }

    private void Page(WebApplication application, string path, Func<PageView, Task> show)
        => application.MapGet("/{key}/" + path, context => AnswerAsync(context, show));

    private void Form(WebApplication application, string path, Func<PageView, IFormCollection, Task> act)
        => application.MapPost("/{key}/" + path, context => AnswerAsync(context, async view =>
        {
            var form = await context.Request.ReadFormAsync(context.RequestAborted);
            if (!DashboardGuard.AllowsChange(context, view.Session, form))
            {
                await view.SendErrorAsync(
                    "This form does not come from a page of this session.", "Open the page again and repeat what you did.", StatusCodes.Status403Forbidden);
                return;
            }

            await act(view, form);
        }));

    private async Task AnswerAsync(HttpContext context, Func<PageView, Task> answer)
    {
        var view = new PageView(context, context.Features.Get<DashboardSession>()!, parts);
        try
        {
            await answer(view);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
        catch (CodexportException error)
        {
            await view.SendErrorAsync(error.Message, error.Remedy, StatusOf(error.Code));
        }
        catch (Exception error) when (error is InvalidDataException or BadHttpRequestException or FormatException)
        {
            await view.SendErrorAsync("The form could not be read.", "Open the page again and repeat what you did.", StatusCodes.Status400BadRequest);
        }
        catch (Exception error)
        {
            log.Failed("Answering the dashboard", error);
            await view.SendErrorAsync("The master failed to make this page.", "Its log says more.", StatusCodes.Status500InternalServerError);
        }
    }

    private static int StatusOf(ErrorCode code) => code switch
    {
        ErrorCode.FollowerNotFound or ErrorCode.GroupNotFound or ErrorCode.RevisionNotFound => StatusCodes.Status404NotFound,
        ErrorCode.InvalidUsage => StatusCodes.Status400BadRequest,
        ErrorCode.DeletionsHeld or ErrorCode.FindingsHeld or ErrorCode.ConcurrentChange or ErrorCode.Busy => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static Task SendAsync(HttpContext context, Html page)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(page.ToString(), context.RequestAborted);
    }
}
