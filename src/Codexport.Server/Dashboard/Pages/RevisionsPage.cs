using Codexport.Engine.Errors;
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
        var rollout = await view.Parts.Master.GetRolloutAsync(view.Stop);
        await view.SendAsync("Revisions", Section.Revisions, Html.Of($"""
            <h1>Revisions</h1>
            <div id="rollout" data-part>{Html.If(rollout.Rings.Count > 0, () => Rollout(view, rollout))}</div>
            <div id="revisions" data-part>{(revisions.Count == 0 ? Html.Of($"""<p class="card empty">Nothing is published yet.</p>""") : Table(view, revisions, followers))}</div>
            """));
    }

    /// <summary>What changed, in numbers with signs.</summary>
    public static Html Changes(int? added, int? changed, int? removed) => added is null
        ? Html.Of($"""<span class="faint">the first that is kept</span>""")
        : Html.Of($"""<span class="plus">+{added.Value}<span class="unseen"> added</span></span> <span class="change">~{changed ?? 0}<span class="unseen"> changed</span></span> <span class="minus">−{removed ?? 0}<span class="unseen"> removed</span></span>""");

    // Each ring with its share, and what can be done while the newest revision has not reached the last one.
    private static Html Rollout(PageView view, RolloutResult rollout) => Html.Of($"""
        <section class="card" aria-labelledby="rings"><h2 id="rings">Rollout of <code>{Words.Short(rollout.Revision)}</code> {(rollout.Complete ? Html.Of($"""<span class="badge good">complete</span>""") : rollout.Stopped ? Html.Of($"""<span class="badge late">stopped</span>""") : Html.Of($"""<span class="badge wait">on its way</span>"""))}</h2>
        <ol class="rows">{Html.Each(rollout.Rings, ring => Ring(view, ring))}</ol>
        {Html.If(!rollout.Complete, () => Html.Of($"""<div class="actions"><form method="post" action="{view.Root}rollout/promote">{view.FormToken}<button class="main" id="promote">Give it to the next ring now</button></form>{Html.If(!rollout.Stopped, () => Html.Of($"""<form method="post" action="{view.Root}rollout/stop">{view.FormToken}<button id="stop">Stop here</button></form>"""))}</div>"""))}
        {Html.If(rollout.Warnings.Count > 0, () => Html.Of($"<ul>{Html.Each(rollout.Warnings, warning => Html.Of($"<li>{ForeignText.Line(warning)}</li>"))}</ul>"))}
        </section>
        """);

    private static Html Ring(PageView view, RingInfo ring) => Html.Of($"""
        <li id="ring-{ring.Name}"><div><strong>{ring.Name}</strong> {(ring.Newest ? Html.Of($"""<span class="badge good">has it</span>""") : Html.Of($"""<span class="badge">waits</span>"""))}
        <span class="faint">{Words.Count(ring.Followers, "follower")}{Html.If(ring.Since is not null, () => Html.Of($", since {Words.Ago(ring.Since, view.Now)}"))}{Html.If(ring.MovesOnAt is not null, () => Html.Of($", the next ring gets it {Words.Ago(ring.MovesOnAt, view.Now)}"))}</span></div>
        <span class="share"><meter min="0" max="{Math.Max(1, ring.Followers)}" value="{ring.Applied}" aria-label="{ring.Applied} of {ring.Followers} have applied it">{ring.Applied}</meter> {Words.Number(ring.Applied)} of {Words.Number(ring.Followers)}{Html.If(ring.Failed > 0, () => Html.Of($""", <span class="minus">{ring.Failed} failed</span>"""))}</span></li>
        """);

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
