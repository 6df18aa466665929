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
        var next = (await view.Parts.Home.GetStatusAsync(view.Stop)).Waiting?.NextRevision;
        await view.SendAsync("Publication", Section.Publication, Html.Of($"""
            <h1>Publication</h1>
            <div id="publication" data-part>{Status(view, state, next)}</div>
            <form class="card" method="post" action="{view.Root}publication">{view.FormToken}
            <p>The master looks at the Codex home by itself when something changes{Html.If(!view.Parts.Surroundings().IsWatching, () => Html.Of($"; this one was started without that"))}. It can also be told to look now.</p>
            <p><button id="look">Look now</button></p></form>
            """));
    }

    /// <summary>What stands above the fleet when something is held back.</summary>
    public static Html Banner(PageView view) => Html.If(view.Parts.Publication.State?.Reason is not null, () => Html.Of($"""
        <section class="card alert"><h2>Nothing new is published</h2><p>{view.Parts.Publication.State!.Reason}</p><p><a href="{view.Root}publication">See what is held back</a></p></section>
        """));

    private static Html Status(PageView view, PublicationState? state, string? next) => state switch
    {
        null when view.Parts.Surroundings().IsWatching => Html.Of($"""<p class="card">The master is looking at the Codex home for the first time.</p>"""),
        null => Html.Of($"""<p class="card">The master serves what was published, and has not looked at the Codex home.</p>"""),
        { IsHeld: true } or { IsWaiting: true } => Held(view, state, next),
        { Failure: { } failure } => Failed(view, state, failure),
        { Result: { } result } => Html.Of($"""
            <section class="card fine"><h2>Everything is published</h2>
            <p>Revision <a href="{view.Root}revisions/{result.Revision}"><code>{Words.Short(result.Revision)}</code></a> is in service: {Words.Count(result.Files, "file")}, {Words.Size(result.Bytes)}. Looked {Words.Ago(state.At.LocalDateTime, view.Now)}.</p></section>
            {Warnings(result.Warnings)}
            """),
        _ => Html.Empty,
    };

    private static Html Held(PageView view, PublicationState state, string? next)
    {
        var result = state.Result;
        var findings = result?.Findings ?? [];
        var isLoss = state.IsHeld && findings.Count == 0;
        return Html.Of($"""
            <section class="card {(state.IsWaiting ? "wait" : "alert")}" aria-labelledby="held"><h2 id="held">{(state.IsWaiting ? "Waiting for you" : isLoss ? "Held back: it would delete too much" : "Held back: something in it should be looked at")}</h2>
            <p>{state.Reason}</p>
            <p>The last good revision stays in service.{Html.If(isLoss, () => Html.Of($" Put the files back, and this goes away by itself."))}</p>
            {Html.If(findings.Count > 0, () => Findings(findings))}
            {Html.If(result is not null, () => Html.Of($"""{Paths("come", ChangeAction.Add, result!.Added)}{Paths("change", ChangeAction.Update, result!.Changed)}{Paths("would go from every follower", ChangeAction.Remove, result!.Removed)}"""))}
            <form method="post" action="{view.Root}publication">{view.FormToken}<input type="hidden" name="publish" value="on"><input type="hidden" name="expected" value="{next}">
            {Html.If(isLoss, () => Check("accept", "These deletions are meant."))}
            {Html.If(findings.Count > 0, () => Check("findings", "I have looked at these findings; they are meant."))}
            <p><button class="{(state.IsWaiting ? "main" : "danger")}" id="publish">{(state.IsWaiting ? "Publish it" : "Publish all the same")}</button></p></form>
            </section>
            {Warnings(result is null ? [] : state.IsHeld ? [.. result.Warnings.SkipLast(1)] : result.Warnings)}
            """);
    }

    private static Html Check(string name, string text)
        => Html.Of($"""<p><label class="check"><input type="checkbox" name="{name}" id="{name}" required> {text}</label></p>""");

    private static Html Findings(IReadOnlyList<ScanFinding> findings) => Html.Of($"""
        <table class="plain"><caption class="unseen">What was found</caption><thead><tr><th scope="col">Where</th><th scope="col">What</th><th scope="col">To silence it for good, under [scan] ignore</th></tr></thead>
        <tbody>{Html.Each(findings.Take(MostPaths), finding => Html.Of($"""<tr><td><code>{ForeignText.Name(finding.Path)}</code>, line {finding.Line}</td><td>{ForeignText.Line(finding.Message)}</td><td><code>{ForeignText.Name(finding.IgnoreEntry)}</code></td></tr>"""))}</tbody></table>
        """);

    private static Html Paths(string what, ChangeAction action, IReadOnlyList<string> paths) => Html.If(paths.Count > 0, () => Html.Of($"""
        <details open><summary>{Words.Count(paths.Count, "file")} {what}</summary><ul class="files">{Html.Each(paths.Take(MostPaths), path => Html.Of($"""<li>{RevisionPage.Sign(action)} {ForeignText.Name(path)}</li>"""))}</ul>{Html.If(paths.Count > MostPaths, () => Html.Of($"<p>And {Words.Number(paths.Count - MostPaths)} more.</p>"))}</details>
        """));

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
