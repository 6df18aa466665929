using Codexport.Engine.Results;

namespace Codexport.Server.Dashboard.Pages;

/// <summary>The followers, those that need attention first.</summary>
internal static class FleetPage
{
    private const int MostWaiting = 5;

    /// <summary>Shows it.</summary>
    public static async Task ShowAsync(PageView view)
    {
        var followers = await view.Parts.Master.GetFollowersAsync(view.Stop);
        var query = FleetQuery.Read(view);
        await view.SendAsync("Fleet", Section.Fleet, Html.Of($"""
            <h1>Fleet</h1>
            <div id="attention" data-part>{Attention(view, followers)}</div>
            {(followers.Count == 0 ? Empty(view) : Fleet(view, followers, query))}
            """));
    }

    /// <summary>How a follower stands, in a word with a sign.</summary>
    public static Html Badge(FollowerInfo follower) => follower switch
    {
        { State: FollowerState.Pending } => Html.Of($"""<span class="badge wait">waiting</span>"""),
        { State: FollowerState.Revoked } => Html.Of($"""<span class="badge gone">revoked</span>"""),
        { LastError: not null } => Html.Of($"""<span class="badge bad">error</span>"""),
        { Behind: 0 } => Html.Of($"""<span class="badge good">up to date</span>"""),
        { Behind: null } => Html.Of($"""<span class="badge wait">nothing yet</span>"""),
        _ => Html.Of($"""<span class="badge late">behind</span>"""),
    };

    /// <summary>How far a follower is behind.</summary>
    public static string Behind(FollowerInfo follower) => follower switch
    {
        { BehindMoreThan: { } more } => $"more than {more}",
        { Behind: { } behind } => Words.Number(behind),
        _ => "–",
    };

    private static Html Attention(PageView view, IReadOnlyList<FollowerInfo> followers)
    {
        var waiting = followers.Where(follower => follower.State == FollowerState.Pending).ToList();
        return Html.Of($"""{PublicationPage.Banner(view)}{Expired(view)}{Html.If(waiting.Count > 0, () => Waiting(view, waiting))}""");
    }

    private static Html Expired(PageView view) => Html.If(view.Parts.Surroundings().HeadExpires is { } expires && expires < view.Now, () => Html.Of($"""
        <section class="card alert"><h2>The signed head has expired</h2><p>Followers warn about it. The running master signs it anew by itself within the hour; if it does not, its log says why.</p></section>
        """));

    private static Html Waiting(PageView view, List<FollowerInfo> waiting) => Html.Of($"""
        <section class="card wait" aria-labelledby="waiting">
        <h2 id="waiting">{Words.Count(waiting.Count, "machine waits", "machines wait")} for your approval</h2>
        <ul class="rows">{Html.Each(waiting.Take(MostWaiting), follower => Html.Of($"""
            <li id="waiting-{follower.Id}"><div><a href="{view.Root}followers/{follower.Id}"><strong>{follower.Name}</strong></a>
            <span class="faint">{follower.Platform}, from {follower.Address}, asked {Words.Ago(follower.JoinedAt, view.Now)}, id {follower.Id}</span></div>
            <div class="actions">{Button(view, follower, "approve", "Approve", "main")}{Button(view, follower, "refuse", "Refuse", "")}</div></li>
            """))}</ul>
        {Html.If(waiting.Count > MostWaiting, () => Html.Of($"""<p><a href="{view.Root}?show=waiting">Show all {waiting.Count}</a></p>"""))}
        </section>
        """);

    /// <summary>A button that does something to a follower.</summary>
    public static Html Button(PageView view, FollowerInfo follower, string action, string text, string style, string back = "") => Html.Of($"""
        <form method="post" action="{view.Root}followers/{follower.Id}/{action}">{view.FormToken}<input type="hidden" name="back" value="{back}"><button class="{style}" id="{action}-{follower.Id}">{text}<span class="unseen"> {follower.Name}</span></button></form>
        """);

    private static Html Empty(PageView view) => Html.Of($"""
        <section class="card empty" id="nobody" data-part>
        <h2>No machine follows this master yet</h2>
        <p>Make a join link and open it on the other machine. It shows up here as soon as it has joined.</p>
        <p><a class="button main" href="{view.Root}link">Make a join link</a></p>
        </section>
        """);

    private static Html Fleet(PageView view, IReadOnlyList<FollowerInfo> followers, FleetQuery query)
    {
        var found = query.Apply(followers, view.Now);
        var pages = Math.Max(1, (found.Count + FleetQuery.PageSize - 1) / FleetQuery.PageSize);
        var page = Math.Min(query.Page, pages);
        var shown = found.Skip((page - 1) * FleetQuery.PageSize).Take(FleetQuery.PageSize).ToList();
        var syncs = view.Parts.Syncs.List();
        var hasPlaces = followers.Any(follower => follower.Group is not null || follower.Ring is not null);
        return Html.Of($"""
            <nav class="tiles" aria-label="Groups of followers" id="tiles" data-part>{Html.Each(FleetFilter.All, filter => Tile(view, query, filter, followers))}</nav>
            <form class="bar" role="search" method="get" action="{view.Root}" data-search>
            <input type="hidden" name="show" value="{query.Filter.Name}">
            <label>Search <input type="search" name="q" id="q" value="{query.Search}" placeholder="name, address, platform, revision, error" autocomplete="off"></label>
            <label>Order <select name="sort" id="sort">{Html.Each(FleetQuery.Sorts, sort => Option(sort.Name, sort.Title, query.Sort))}</select></label>
            <button>Show</button>
            </form>
            <div id="list" data-part>
            <p id="found" class="faint">{(found.Count == followers.Count ? Words.Count(found.Count, "follower") : $"{Words.Number(found.Count)} of {Words.Count(followers.Count, "follower")}")}</p>
            {(found.Count == 0 ? Html.Of($"""<p class="card empty">Nobody fits. <a href="{view.Root}">Show all</a></p>""") : Table(view, shown, syncs, hasPlaces))}
            {Html.If(pages > 1, () => Pager(view, query, page, pages))}
            </div>
            """);
    }

    private static Html Tile(PageView view, FleetQuery query, FleetFilter filter, IReadOnlyList<FollowerInfo> followers)
    {
        var count = followers.Count(follower => filter.Holds(follower, view.Now));
        return filter == query.Filter
            ? Html.Of($"""<a class="tile {filter.Name}" aria-current="true" href="{query.Address(view, filter)}" id="tile-{filter.Name}"><strong>{Words.Number(count)}</strong> <span>{filter.Title}</span></a>""")
            : Html.Of($"""<a class="tile {filter.Name}" href="{query.Address(view, filter)}" id="tile-{filter.Name}"><strong>{Words.Number(count)}</strong> <span>{filter.Title}</span></a>""");
    }

    /// <summary>A choice of a list.</summary>
    public static Html Option(string value, string text, string chosen) => value == chosen
        ? Html.Of($"""<option value="{value}" selected>{text}</option>""")
        : Html.Of($"""<option value="{value}">{text}</option>""");

    private static Html Table(PageView view, List<FollowerInfo> followers, IReadOnlyDictionary<string, IReadOnlyList<FollowerSync>> syncs, bool hasPlaces) => Html.Of($"""
        <table class="fleet" role="table"><caption class="unseen">Followers</caption>
        <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Name</th><th scope="col" role="columnheader">State</th><th scope="col" role="columnheader">Platform</th>{Html.If(hasPlaces, () => Html.Of($"""<th scope="col" role="columnheader">Group</th><th scope="col" role="columnheader">Ring</th>"""))}<th scope="col" role="columnheader">Revision</th><th scope="col" role="columnheader" class="number">Behind</th><th scope="col" role="columnheader">Last seen</th><th scope="col" role="columnheader">Syncs</th><th scope="col" role="columnheader">Last error</th></tr></thead>
        <tbody role="rowgroup">{Html.Each(followers, follower => Row(view, follower, syncs.GetValueOrDefault(follower.Id), hasPlaces))}</tbody>
        </table>
        """);

    private static Html Row(PageView view, FollowerInfo follower, IReadOnlyList<FollowerSync>? syncs, bool hasPlaces) => Html.Of($"""
        <tr role="row" id="row-{follower.Id}"><th scope="row" role="rowheader"><a href="{view.Root}followers/{follower.Id}" id="name-{follower.Id}">{follower.Name}</a></th><td role="cell" data-name="State">{Badge(follower)}</td><td role="cell" data-name="Platform">{follower.Platform} <span class="faint">{follower.Version}</span></td>{Html.If(hasPlaces, () => Html.Of($"""<td role="cell" data-name="Group">{follower.Group ?? "–"}</td><td role="cell" data-name="Ring">{follower.Ring ?? "–"}</td>"""))}<td role="cell" data-name="Revision"><code>{Words.Short(follower.AppliedRevision)}</code></td><td role="cell" data-name="Behind" class="number">{Behind(follower)}</td><td role="cell" data-name="Last seen">{Words.Ago(follower.LastSeen, view.Now)}</td><td role="cell" data-name="Syncs">{Sparkline.Of(syncs)}</td><td role="cell" data-name="Last error">{follower.LastError ?? "–"}</td></tr>
        """);

    private static Html Pager(PageView view, FleetQuery query, int page, int pages) => Html.Of($"""
        <nav class="pager" aria-label="Pages of followers">{(page > 1 ? Html.Of($"""<a href="{query.Address(view, page: page - 1)}" rel="prev">Previous</a>""") : Html.Empty)}
        <span>Page {page} of {pages}</span>
        {(page < pages ? Html.Of($"""<a href="{query.Address(view, page: page + 1)}" rel="next">Next</a>""") : Html.Empty)}</nav>
        """);
}
