using System.Globalization;
using System.Web;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Publishing;
using Codexport.Server.Dashboard.Pages;
using Microsoft.AspNetCore.Http;

namespace Codexport.Server.Dashboard;

/// <summary>What a person does on the pages: each is one operation of the engine, and then the page that shows what became of it.</summary>
internal sealed class DashboardActions(DashboardParts parts)
{
    /// <summary>Lets a waiting follower in.</summary>
    public async Task ApproveAsync(PageView view, IFormCollection form)
    {
        var follower = await parts.Master.ApproveFollowerAsync(view.Route("id"), view.Stop);
        Done(view, Notes.Approved, follower.Id, back: form["back"]);
    }

    /// <summary>Turns a waiting follower away.</summary>
    public async Task RefuseAsync(PageView view, IFormCollection form)
    {
        var result = await parts.Master.RevokeFollowerAsync(view.Route("id"), renewInvite: false, view.Stop);
        Done(view, Notes.Refused, result.Follower.Id, back: form["back"]);
    }

    /// <summary>Shuts a follower out, and ends the links that were given out if that is wished.</summary>
    public async Task RevokeAsync(PageView view, IFormCollection form)
    {
        var renew = form["renew"].Count > 0;
        var result = await parts.Master.RevokeFollowerAsync(view.Route("id"), renew, view.Stop);
        Done(view, renew ? Notes.RevokedAndRenewed : Notes.Revoked, result.Follower.Id, back: "follower");
    }

    /// <summary>Makes a join link and shows it, once.</summary>
    public async Task MakeLinkAsync(PageView view, IFormCollection form)
    {
        var wish = LinkWish.Read(form);
        var result = await parts.Master.CreateJoinLinkAsync(
            wish.Hosts, port: parts.Surroundings().Port, renewInvite: false, new InviteLimits(wish.ExpiresIn, wish.Uses) { Group = wish.Group }, view.Stop);
        await LinkPage.ShowLinkAsync(view, wish, result);
    }

    /// <summary>Looks at the Codex home at once, and publishes also what is held back if that is wished.</summary>
    public async Task PublishAsync(PageView view, IFormCollection form)
    {
        try
        {
            var options = new RebuildOptions
            {
                AcceptDeletions = form["accept"].Count > 0,
                AcceptFindings = form["findings"].Count > 0,
                Publish = form["publish"].Count > 0,
                ExpectedRevision = form["expected"] is [{ Length: > 0 } expected] ? expected : null,
            };
            parts.Publication.Show(await parts.Master.RebuildAsync(options, view.Stop));
        }
        catch (CodexportException error) when (error.Code != ErrorCode.ConcurrentChange)
        {
            // It stands on the page that comes next, with what helps.
            parts.Publication.Show(error);
        }

        parts.Refresh();
        view.Redirect("publication?note=" + Notes.Looked);
    }

    /// <summary>Puts a follower into a group and a ring.</summary>
    public async Task PlaceAsync(PageView view, IFormCollection form)
    {
        var follower = await parts.Master.SetFollowerAsync(view.Route("id"), form["group"].ToString(), form["ring"].ToString(), view.Stop);
        Done(view, Notes.Placed, follower.Id, back: "follower");
    }

    /// <summary>Gives the next ring the newest publication.</summary>
    public async Task PromoteAsync(PageView view, IFormCollection form)
    {
        await parts.Master.PromoteRolloutAsync(view.Stop);
        Rolled(view, Notes.Promoted);
    }

    /// <summary>Keeps the newest publication from going to a further ring by itself.</summary>
    public async Task StopAsync(PageView view, IFormCollection form)
    {
        await parts.Master.StopRolloutAsync(view.Stop);
        Rolled(view, Notes.Stopped);
    }

    /// <summary>Publishes an earlier revision as the newest.</summary>
    public async Task RollBackAsync(PageView view, IFormCollection form)
    {
        await parts.Master.RollbackAsync(view.Route("revision"), view.Stop);
        Rolled(view, Notes.RolledBack);
    }

    private void Rolled(PageView view, string note)
    {
        parts.Refresh();
        parts.Feed.Change();
        view.Redirect("revisions?note=" + note);
    }

    private void Done(PageView view, string note, string id, string? back)
    {
        parts.Refresh();
        parts.Feed.Change();
        var query = string.Create(CultureInfo.InvariantCulture, $"?note={note}&who={HttpUtility.UrlEncode(id)}");
        view.Redirect(back == "follower" ? $"followers/{id}{query}" : query);
    }
}
