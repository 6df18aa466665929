using Codexport.Engine.Results;

namespace Codexport.Server.Dashboard.Pages;

/// <summary>What was just done, on the page that comes after it. The address names one of these; its words are never shown.</summary>
internal static class Notes
{
    public const string Approved = "approved";
    public const string Refused = "refused";
    public const string Revoked = "revoked";
    public const string RevokedAndRenewed = "renewed";
    public const string Looked = "looked";
    public const string Placed = "placed";
    public const string Promoted = "promoted";
    public const string Stopped = "stopped";
    public const string RolledBack = "rolledback";

    /// <summary>The note that the address asks for; nothing when it names none.</summary>
    public static Html Of(PageView view)
    {
        var text = view.Query("note") switch
        {
            Approved => "The follower may fetch from now on.",
            Refused => "The follower was turned away. It stays in the list as revoked; approve it there if that was a mistake.",
            Revoked => "The follower is shut out. Links that were given out stay in force: whoever kept one can join again from another machine, or with its state wiped.",
            RevokedAndRenewed => "The follower is shut out, and the join links that were given out admit nobody from now on.",
            Placed => "The follower gets what its group and its ring get from the next sync on.",
            Promoted => "The next ring gets the newest revision from now on.",
            Stopped => "The newest revision goes to no further ring by itself.",
            RolledBack => "The earlier revision is in service again, for everybody. What the Codex home holds waits until you let it go.",
            Looked => view.Parts.Publication.State switch
            {
                { Result.Status: RebuildStatus.Published } => "A new revision is in service.",
                { Result.Status: RebuildStatus.Current } => "Everything is published already.",
                _ => null,
            },
            _ => null,
        };
        return Html.If(text is not null, () => Html.Of($"""<p class="note" role="status">{text}</p>"""));
    }
}
