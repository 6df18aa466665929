using Codexport.Engine.Results;

namespace Codexport.Server.Dashboard.Pages;

/// <summary>All that is known of one follower, and what can be done about it.</summary>
internal static class FollowerPage
{
    /// <summary>Shows it.</summary>
    public static async Task ShowAsync(PageView view)
    {
        var follower = await view.Parts.Master.GetFollowerAsync(view.Route("id"), view.Stop);
        var syncs = view.Parts.Syncs.List().GetValueOrDefault(follower.Id) ?? [];
        var groups = await view.Parts.Master.GetGroupsAsync(view.Stop);
        var rings = (await view.Parts.Master.GetRolloutAsync(view.Stop)).Rings;
        await view.SendAsync(follower.Name, Section.Fleet, Html.Of($"""
            <p class="crumbs"><a href="{view.Root}">Fleet</a></p>
            <div id="follower" data-part>
            <h1>{follower.Name} {FleetPage.Badge(follower)}</h1>
            <div class="columns">
            <section class="card" aria-labelledby="facts"><h2 id="facts">What is known</h2>
            <dl>
            <dt>Id</dt><dd><code>{follower.Id}</code></dd>
            <dt>Address</dt><dd>{follower.Address}</dd>
            <dt>Platform</dt><dd>{follower.Platform}, Codexport {follower.Version}</dd>
            <dt>Revision</dt><dd>{Revision(view, follower)}</dd>
            <dt>Behind</dt><dd>{FleetPage.Behind(follower)}</dd>
            {Html.If(follower.Group is not null, () => Html.Of($"<dt>Group</dt><dd>{follower.Group}</dd>"))}
            {Html.If(follower.Ring is not null, () => Html.Of($"<dt>Ring</dt><dd>{follower.Ring}</dd>"))}
            <dt>Joined</dt><dd>{Words.Ago(follower.JoinedAt, view.Now)}</dd>
            <dt>Last seen</dt><dd>{Words.Ago(follower.LastSeen, view.Now)}</dd>
            <dt>Last error</dt><dd>{follower.LastError ?? "none"}</dd>
            </dl>
            {Actions(view, follower)}
            </section>
            <section class="card" aria-labelledby="syncs"><h2 id="syncs">Last syncs</h2>{Syncs(view, syncs)}</section>
            </div>
            </div>
            {Html.If(groups.Count + rings.Count > 0, () => Place(view, follower, groups, rings))}
            """));
    }

    /// <summary>Asks whether it is to be shut out.</summary>
    public static async Task AskToRevokeAsync(PageView view)
    {
        var follower = await view.Parts.Master.GetFollowerAsync(view.Route("id"), view.Stop);
        await view.SendAsync($"Revoke {follower.Name}", Section.Fleet, Html.Of($"""
            <p class="crumbs"><a href="{view.Root}">Fleet</a> <a href="{view.Root}followers/{follower.Id}">{follower.Name}</a></p>
            <h1>Shut out {follower.Name}?</h1>
            <form class="card alert" method="post" action="{view.Root}followers/{follower.Id}/revoke">{view.FormToken}
            <p>Its credential ends at once, and it fetches nothing any more. What it has fetched already stays with it: change the logins and keys that it had.</p>
            <p><label class="check"><input type="checkbox" name="renew" id="renew"> End the join links that were given out as well. Whoever kept one cannot join with it again; followers that have joined stay.</label></p>
            <p class="actions"><button class="danger" id="revoke">Shut out {follower.Name}</button> <a class="button" href="{view.Root}followers/{follower.Id}">Leave it in</a></p>
            </form>
            """));
    }

    private static Html Place(PageView view, FollowerInfo follower, IReadOnlyList<GroupInfo> groups, IReadOnlyList<RingInfo> rings) => Html.Of($"""
        <form class="card wide" method="post" action="{view.Root}followers/{follower.Id}/place">{view.FormToken}
        <h2>Group and ring</h2>
        <p><label for="group">Group</label><select id="group" name="group"><option value="">none</option>{Html.Each(groups, group => FleetPage.Option(group.Name, group.Name, follower.Group ?? string.Empty))}</select></p>
        <p><label for="ring">Ring</label><select id="ring" name="ring"><option value="">the last one</option>{Html.Each(rings, ring => FleetPage.Option(ring.Name, ring.Name, follower.Ring ?? string.Empty))}</select></p>
        <p><button id="place">Put it there</button></p></form>
        """);

    private static Html Revision(PageView view, FollowerInfo follower) => follower.AppliedRevision is not { } revision
        ? Html.Of($"none that it has told of")
        : follower.RevisionsBehind is null
        ? Html.Of($"<code>{Words.Short(revision)}</code>, no longer kept here")
        : Html.Of($"""<a href="{view.Root}revisions/{revision}"><code>{Words.Short(revision)}</code></a>""");

    private static Html Actions(PageView view, FollowerInfo follower) => follower.State switch
    {
        FollowerState.Pending => Html.Of($"""
            <div class="actions">{FleetPage.Button(view, follower, "approve", "Approve", "main", "follower")}{FleetPage.Button(view, follower, "refuse", "Refuse", "", "follower")}</div>
            """),
        FollowerState.Revoked => Html.Of($"""<div class="actions">{FleetPage.Button(view, follower, "approve", "Let it in again", "", "follower")}</div>"""),
        _ => Html.Of($"""<div class="actions"><a class="button danger" href="{view.Root}followers/{follower.Id}/revoke">Revoke…</a></div>"""),
    };

    private static Html Syncs(PageView view, IReadOnlyList<FollowerSync> syncs) => syncs.Count == 0
        ? Html.Of($"<p>It has not told of any sync since this was first kept.</p>")
        : Html.Of($"""
            <p>{Sparkline.Of(syncs)}</p>
            <table class="plain"><thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col" class="number">Sent</th></tr></thead>
            <tbody>{Html.Each(syncs.Reverse(), sync => Html.Of($"""
                <tr><td>{Words.Ago(sync.Time, view.Now)}</td><td>{(sync.Error is { } error ? Html.Of($"""<span class="badge bad">failed</span> {error}""") : Html.Of($"""applied <code>{Words.Short(sync.Revision)}</code>"""))}</td><td class="number">{(sync.Bytes > 0 ? Words.Size(sync.Bytes) : "–")}</td></tr>
                """))}</tbody></table>
            """);
}
