namespace Codexport.Server.Dashboard.Pages;

/// <summary>What all pages have around them.</summary>
internal static class Frame
{
    /// <summary>A page of a session.</summary>
    public static Html Of(PageView view, string title, Section section, Html body)
    {
        var surroundings = view.Parts.Surroundings();
        return Html.Of($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{title} · Codexport</title>
            <link rel="icon" href="{view.Root}icon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="{view.Root}page.css">
            <script src="{view.Root}page.js" defer></script>
            </head>
            <body data-live="{view.Root}live">
            <a class="skip" href="#main">Skip to the content</a>
            <header class="top">
            <a class="brand" href="{view.Root}"><img src="{view.Root}icon.svg" alt="" width="28" height="28"><span>Codexport</span></a>
            <nav aria-label="Pages"><ul>
            {Entry(view, Section.Fleet, section, "", "Fleet")}{Entry(view, Section.Revisions, section, "revisions", "Revisions")}{Entry(view, Section.Publication, section, "publication", "Publication")}{Entry(view, Section.Link, section, "link", "Join link")}
            </ul></nav>
            <p class="live" id="live" role="status"><span class="dot" aria-hidden="true"></span><span id="live-text">Live</span></p>
            </header>
            <main id="main" tabindex="-1">
            {Notes.Of(view)}
            {body}
            </main>
            <footer>
            <p>Master <strong>{Environment.MachineName}</strong>, key <code title="{surroundings.Fingerprint}">{Words.Short(surroundings.Fingerprint)}</code>, port {surroundings.Port}</p>
            <form method="post" action="{view.Root}leave">{view.FormToken}<button class="quiet">Close the dashboard</button></form>
            </footer>
            <p id="told" class="unseen" role="status"></p>
            </body>
            </html>

            """);
    }

    /// <summary>A page without a session.</summary>
    public static Html Plain(string title, Html body) => Html.Of($"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>{title}</title></head>
        <body><main>{body}</main></body>
        </html>

        """);

    private static Html Entry(PageView view, Section section, Section current, string path, string text) => section == current
        ? Html.Of($"""<li><a href="{view.Root}{path}" aria-current="page">{text}{Mark(view, section)}</a></li>""")
        : Html.Of($"""<li><a href="{view.Root}{path}">{text}{Mark(view, section)}</a></li>""");

    private static Html Mark(PageView view, Section section) => Html.If(
        section == Section.Publication && view.Parts.Publication.State?.Reason is not null,
        () => Html.Of($"""<span class="mark" aria-label="waits for you">!</span>"""));
}
