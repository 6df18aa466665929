using Codexport.Engine.Results;

namespace Codexport.Server.Dashboard.Pages;

/// <summary>What one revision changed: the files, then the lines.</summary>
internal static class RevisionPage
{
    private const int PageSize = 50;

    // Beyond so many lines a file's difference stays folded until somebody wants it.
    private const int MostOpenLines = 300;

    /// <summary>Shows it.</summary>
    public static async Task ShowAsync(PageView view)
    {
        var changes = await view.Parts.Master.GetRevisionChangesAsync(view.Route("revision"), view.Stop);
        var pages = Math.Max(1, (changes.Files.Count + PageSize - 1) / PageSize);
        var page = Math.Min(view.Number("page", least: 1), pages);
        var shown = await view.Parts.Master.GetDifferencesAsync(changes, [.. changes.Files.Skip((page - 1) * PageSize).Take(PageSize)], view.Stop);
        await view.SendAsync($"Revision {Words.Short(changes.Revision)}", Section.Revisions, Html.Of($"""
            <p class="crumbs"><a href="{view.Root}revisions">Revisions</a></p>
            <h1>Revision <code>{Words.Short(changes.Revision)}</code></h1>
            <p class="faint">Published {Words.Ago(changes.PublishedAt, view.Now)}. {(changes.Previous is { } previous ? Html.Of($"""Against <a href="{view.Root}revisions/{previous}"><code>{Words.Short(previous)}</code></a>:""") : Html.Of($"The one before is not kept, so everything counts as added:"))} {RevisionsPage.Changes(Count(changes, ChangeAction.Add), Count(changes, ChangeAction.Update), Count(changes, ChangeAction.Remove))}</p>
            {Html.If(!changes.InService, () => Html.Of($"""<p><a class="button" href="{view.Root}revisions/{changes.Revision}/rollback">Roll back to this revision…</a></p>"""))}
            <p class="faint">Values that may be secret are shown as <code>***</code>.</p>
            {Html.If(changes.Files.Count > 1, () => Html.Of($"""<nav class="card" aria-label="Files"><ul class="files">{Html.Each(shown, (file) => Html.Of($"""<li>{Sign(file.Action)} <a href="#{Anchor(file)}">{file.Path}</a> <span class="faint">{Sizes(file)}</span></li>"""))}</ul></nav>"""))}
            {Html.Each(shown, File)}
            {Html.If(pages > 1, () => Html.Of($"""<nav class="pager" aria-label="Pages of files">{Turn(view, changes, page - 1, pages, "Previous")} <span>Page {page} of {pages}</span> {Turn(view, changes, page + 1, pages, "Next")}</nav>"""))}
            """));
    }

    /// <summary>Asks whether it is to be published again.</summary>
    public static async Task AskToRollBackAsync(PageView view)
    {
        var changes = await view.Parts.Master.GetRevisionChangesAsync(view.Route("revision"), view.Stop);
        await view.SendAsync("Roll back", Section.Revisions, Html.Of($"""
            <p class="crumbs"><a href="{view.Root}revisions">Revisions</a> <a href="{view.Root}revisions/{changes.Revision}">{Words.Short(changes.Revision)}</a></p>
            <h1>Roll back to <code>{Words.Short(changes.Revision)}</code>?</h1>
            <form class="card alert" method="post" action="{view.Root}revisions/{changes.Revision}/rollback">{view.FormToken}
            <p>It is published as the newest revision, to everybody at once. The Codex home of this machine stays as it is; what it holds waits until you let it go.</p>
            <p class="actions"><button class="danger" id="rollback">Roll back</button> <a class="button" href="{view.Root}revisions/{changes.Revision}">Leave it</a></p>
            </form>
            """));
    }

    private static Html Turn(PageView view, RevisionChanges changes, int page, int pages, string text)
        => Html.If(page >= 1 && page <= pages, () => Html.Of($"""<a href="{view.Root}revisions/{changes.Revision}?page={page}">{text}</a>"""));

    private static Html File(FileDifference file) => Html.Of($"""
        <section class="card file" id="{Anchor(file)}"><h2>{Sign(file.Action)} <code>{file.Path}</code> <span class="faint">{Sizes(file)}</span></h2>
        {(file.Note is { } note ? Html.Of($"""<p class="faint">{note}</p>""") : Lines(file))}
        </section>
        """);

    private static Html Lines(FileDifference file)
    {
        var added = file.Lines.Count(line => line.Kind == DifferenceKind.Added);
        var removed = file.Lines.Count(line => line.Kind == DifferenceKind.Removed);
        var text = Html.Of($"""<pre class="diff" tabindex="0" aria-label="Lines of {file.Path}">{Html.Each(file.Lines, Line)}</pre>""");
        var summary = Html.Of($"""<summary><span class="plus">+{added}</span> <span class="minus">−{removed}</span> {Words.Count(added + removed, "line")}</summary>""");
        return file.Lines.Count <= MostOpenLines ? Html.Of($"""<details open>{summary}{text}</details>""") : Html.Of($"""<details>{summary}{text}</details>""");
    }

    private static Html Line(DifferenceLine line) => line.Kind switch
    {
        DifferenceKind.Place => Html.Of($"""<span class="place">{line.Text}</span>"""),
        DifferenceKind.Added => Html.Of($"<ins>+{line.Text}</ins>"),
        DifferenceKind.Removed => Html.Of($"<del>-{line.Text}</del>"),
        _ => Html.Of($"<span> {line.Text}</span>"),
    };

    /// <summary>What happened to a file, as a sign.</summary>
    public static Html Sign(ChangeAction action) => action switch
    {
        ChangeAction.Add => Html.Of($"""<span class="plus" title="added">+<span class="unseen">added</span></span>"""),
        ChangeAction.Remove => Html.Of($"""<span class="minus" title="removed">−<span class="unseen">removed</span></span>"""),
        _ => Html.Of($"""<span class="change" title="changed">~<span class="unseen">changed</span></span>"""),
    };

    private static string Sizes(FileDifference file) => (file.SizeBefore, file.SizeAfter) switch
    {
        (null, var after) => Words.Size(after),
        (var before, null) => Words.Size(before),
        var (before, after) when before == after => Words.Size(after),
        var (before, after) => $"{Words.Size(before)} to {Words.Size(after)}",
    };

    private static string Anchor(FileDifference file)
        => "file-" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(file.Path)))[..12];

    private static int Count(RevisionChanges changes, ChangeAction action) => changes.Files.Count(file => file.Action == action);
}
