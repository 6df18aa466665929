using Codexport.Engine.Errors;
using Codexport.Engine.Results;

namespace Codexport.Server.Dashboard.Pages;

/// <summary>What the master holds back and why, and what it said when it last looked at the Codex home.</summary>
internal static class PublicationPage
{
    private const int MostPaths = 200;

    /// <summary>Shows it.</summary>
    public static async Task ShowAsync(PageView view)
    {
        var state = view.Parts.Publication.State;
        await view.SendAsync("Publication", Section.Publication, Html.Of($"""
            <h1>Publication</h1>
            <div id="publication" data-part>{Status(view, state)}</div>
            <form class="card" method="post" action="{view.Root}publication">{view.FormToken}
            <p>The master looks at the Codex home by itself when something changes{Html.If(!view.Parts.Surroundings().IsWatching, () => Html.Of($"; this one was started without that"))}. It can also be told to look now.</p>
            <p><button id="look">Look now</button></p></form>
            """));
    }

    /// <summary>What stands above the fleet when something is held back.</summary>
    public static Html Banner(PageView view) => Html.If(view.Parts.Publication.State?.Reason is not null, () => Html.Of($"""
        <section class="card alert"><h2>Nothing new is published</h2><p>{view.Parts.Publication.State!.Reason}</p><p><a href="{view.Root}publication">See what is held back</a></p></section>
        """));

    private static Html Status(PageView view, PublicationState? state) => state switch
    {
        null when view.Parts.Surroundings().IsWatching => Html.Of($"""<p class="card">The master is looking at the Codex home for the first time.</p>"""),
        null => Html.Of($"""<p class="card">The master serves what was published, and has not looked at the Codex home.</p>"""),
        { IsHeld: true } => Held(view, state),
        { Failure: { } failure } => Failed(view, state, failure),
        { Result: { } result } => Html.Of($"""
            <section class="card fine"><h2>Everything is published</h2>
            <p>Revision <a href="{view.Root}revisions/{result.Revision}"><code>{Words.Short(result.Revision)}</code></a> is in service: {Words.Count(result.Files, "file")}, {Words.Size(result.Bytes)}. Looked {Words.Ago(state.At.LocalDateTime, view.Now)}.</p></section>
            {Warnings(result.Warnings)}
            """),
        _ => Html.Empty,
    };

    private static Html Held(PageView view, PublicationState state)
    {
        var removed = state.Result?.Removed ?? [];
        return Html.Of($"""
            <section class="card alert" aria-labelledby="held"><h2 id="held">Held back: it would delete too much</h2>
            <p>{state.Reason}</p>
            <p>The last good revision stays in service. Put the files back, and this goes away by itself.</p>
            {Html.If(removed.Count > 0, () => Html.Of($"""
                <details open><summary>{Words.Count(removed.Count, "file")} would go from every follower</summary><ul class="files">{Html.Each(removed.Take(MostPaths), path => Html.Of($"""<li><span class="minus">−</span> {ForeignText.Name(path)}</li>"""))}</ul>{Html.If(removed.Count > MostPaths, () => Html.Of($"<p>And {Words.Number(removed.Count - MostPaths)} more.</p>"))}</details>
                """))}
            <form method="post" action="{view.Root}publication">{view.FormToken}
            <p><label class="check"><input type="checkbox" name="accept" id="accept" required> These deletions are meant.</label></p>
            <p><button class="danger" id="publish">Publish all the same</button></p></form>
            </section>
            {Warnings(state.Result is { } result ? [.. result.Warnings.SkipLast(1)] : [])}
            """);
    }

    private static Html Failed(PageView view, PublicationState state, CodexportException failure) => Html.Of($"""
        <section class="card alert"><h2>{(failure.Code == ErrorCode.ConfigurationRejected ? "Held back: Codex does not accept the configuration" : "Nothing new is published")}</h2>
        <p><strong>{failure.Message}</strong></p><p>{failure.Remedy}</p>
        {Html.If(failure.Details.Count > 0, () => Html.Of($"""<dl>{Html.Each(failure.Details, detail => Html.Of($"<dt>{detail.Key}</dt><dd>{ForeignText.Words(detail.Value, 2000)}</dd>"))}</dl>"""))}
        <p class="faint"><code>{failure.Code.ToString()}</code>, looked {Words.Ago(state.At.LocalDateTime, view.Now)}. The last good revision stays in service.</p></section>
        """);

    private static Html Warnings(IReadOnlyList<string> warnings) => Html.If(warnings.Count > 0, () => Html.Of($"""
        <section class="card" aria-labelledby="warnings"><h2 id="warnings">What you should know</h2><ul>{Html.Each(warnings.Take(MostPaths), warning => Html.Of($"<li>{ForeignText.Line(warning)}</li>"))}</ul></section>
        """));
}
