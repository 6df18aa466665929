using Codexport.Engine.Results;

namespace Codexport.Server.Dashboard.Pages;

/// <summary>What was published, newest first, and who has it.</summary>
internal static class RevisionsPage
{
    /// <summary>Shows it.</summary>
    public static async Task ShowAsync(PageView view)
    {
        var revisions = await view.Parts.Master.GetPublishedRevisionsAsync(view.Stop);
        var followers = (await view.Parts.Master.GetFollowersAsync(view.Stop)).Count(follower => follower.State == FollowerState.Approved);
        await view.SendAsync("Revisions", Section.Revisions, Html.Of($"""
            <h1>Revisions</h1>
            <div id="revisions" data-part>{(revisions.Count == 0 ? Html.Of($"""<p class="card empty">Nothing is published yet.</p>""") : Table(view, revisions, followers))}</div>
            """));
    }

    /// <summary>What changed, in numbers with signs.</summary>
    public static Html Changes(int? added, int? changed, int? removed) => added is null
        ? Html.Of($"""<span class="faint">the first that is kept</span>""")
        : Html.Of($"""<span class="plus">+{added.Value}<span class="unseen"> added</span></span> <span class="change">~{changed ?? 0}<span class="unseen"> changed</span></span> <span class="minus">−{removed ?? 0}<span class="unseen"> removed</span></span>""");

    private static Html Table(PageView view, IReadOnlyList<PublishedRevisionInfo> revisions, int followers) => Html.Of($"""
        <table class="fleet" role="table"><caption class="unseen">Published revisions</caption>
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Revision</th><th scope="col" role="columnheader">Published</th><th scope="col" role="columnheader">Changes</th><th scope="col" role="columnheader" class="number">Files</th><th scope="col" role="columnheader" class="number">Size</th><th scope="col" role="columnheader">Followers that have it</th></tr></thead>
        <tbody role="rowgroup">{Html.Each(revisions, revision => Row(view, revision, followers))}</tbody></table>
        """);

    private static Html Row(PageView view, PublishedRevisionInfo revision, int followers) => Html.Of($"""
        <tr role="row"><th scope="row" role="rowheader"><a href="{view.Root}revisions/{revision.Revision}" id="revision-{revision.Revision}"><code>{Words.Short(revision.Revision)}</code></a> {Html.If(revision.InService, () => Html.Of($"""<span class="badge good">in service</span>"""))}</th><td role="cell" data-name="Published">{Words.Ago(revision.PublishedAt, view.Now)}</td><td role="cell" data-name="Changes">{Changes(revision.Added, revision.Changed, revision.Removed)}</td><td role="cell" data-name="Files" class="number">{(revision.Files is { } files ? Words.Number(files) : "–")}</td><td role="cell" data-name="Size" class="number">{Words.Size(revision.Bytes)}</td><td role="cell" data-name="Followers">{Share(revision.Followers, followers)}</td></tr>
        """);

    private static Html Share(int having, int followers) => Html.Of($"""
        <span class="share"><meter min="0" max="{Math.Max(1, followers)}" value="{having}" aria-label="{having} of {followers} followers">{having}</meter> {Words.Number(having)} of {Words.Number(followers)}</span>
        """);
}
