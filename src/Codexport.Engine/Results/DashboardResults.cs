namespace Codexport.Engine.Results;

/// <summary>How to get to the dashboard.</summary>
/// <param name="Address">Where it is; holds a ticket that lets in once, so it is for the person's own browser alone.</param>
/// <param name="Expires">Until when the ticket lets in, local time.</param>
/// <param name="Opened">Whether a browser was asked to show it.</param>
public sealed record DashboardResult(string Address, DateTime Expires, bool Opened);

/// <summary>A revision that this master published and still keeps.</summary>
/// <param name="Revision">Its hash.</param>
/// <param name="PublishedAt">When it was published, local time.</param>
/// <param name="InService">Whether it is the one that followers get.</param>
/// <param name="Followers">How many approved followers have applied it, as far as they have said.</param>
public sealed record PublishedRevisionInfo(string Revision, DateTime PublishedAt, bool InService, int Followers)
{
    /// <summary>Files in it; null when its document is no longer kept.</summary>
    public int? Files { get; init; }

    /// <summary>Bytes of their contents.</summary>
    public long? Bytes { get; init; }

    /// <summary>Files that the one before did not have; null when there is none to compare with.</summary>
    public int? Added { get; init; }

    /// <summary>Files whose content or mode differs from the one before.</summary>
    public int? Changed { get; init; }

    /// <summary>Files of the one before that it does not have.</summary>
    public int? Removed { get; init; }
}

/// <summary>What a published revision changed.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Previous">The one before; null when none is kept, and everything counts as added.</param>
/// <param name="PublishedAt">When it was published, local time.</param>
/// <param name="Files">Every file that differs, in path order, without contents.</param>
/// <param name="InService">Whether it is the newest that was published.</param>
public sealed record RevisionChanges(string Revision, string? Previous, DateTime PublishedAt, IReadOnlyList<FileDifference> Files, bool InService);

/// <summary>A file that differs.</summary>
/// <param name="Path">Its path below the Codex home, or <c>~/…</c>.</param>
/// <param name="Action">What happened to it.</param>
/// <param name="SizeBefore">Its bytes before; null when it was not there.</param>
/// <param name="SizeAfter">Its bytes now; null when it is gone.</param>
public sealed record FileDifference(string Path, ChangeAction Action, long? SizeBefore, long? SizeAfter)
{
    /// <summary>The lines that differ, with some around them; secrets are masked. Empty where <see cref="Note"/> says why.</summary>
    public IReadOnlyList<DifferenceLine> Lines { get; init; } = [];

    /// <summary>Why no lines are shown, as a whole sentence; null where there are some.</summary>
    public string? Note { get; init; }
}

/// <summary>What a line of a difference is.</summary>
public enum DifferenceKind
{
    /// <summary>The head of a part: where it is.</summary>
    Place,

    /// <summary>A line that both have.</summary>
    Same,

    /// <summary>A line that is gone.</summary>
    Removed,

    /// <summary>A line that is new.</summary>
    Added,
}

/// <summary>One line of a difference.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The line, secrets masked and fit to be shown; for a place, such as <c>@@ -1,3 +1,4 @@</c>.</param>
public readonly record struct DifferenceLine(DifferenceKind Kind, string Text);

/// <summary>A sync of a follower, as the master saw it.</summary>
/// <param name="Time">When the follower told of it, local time.</param>
/// <param name="Revision">The revision that it applied; null when it failed.</param>
/// <param name="Bytes">Bytes that it was sent for it.</param>
/// <param name="Error">The stable code of the error that it reported; null when it applied.</param>
public sealed record FollowerSync(DateTime Time, string? Revision, long Bytes, string? Error);
