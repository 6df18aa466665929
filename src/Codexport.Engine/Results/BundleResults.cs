namespace Codexport.Engine.Results;

/// <summary>What the scan looks for. The words of <c>[scan] ignore</c> are these names in lowercase with hyphens, such as <c>literal-token</c>.</summary>
public enum ScanRule
{
    /// <summary>Characters that a person does not see and a model reads.</summary>
    HiddenUnicode,

    /// <summary>Characters that turn the direction of text, so that it reads otherwise than it is.</summary>
    BidirectionalUnicode,

    /// <summary>A token or key by its well-known form.</summary>
    LiteralToken,

    /// <summary>A new hook or MCP command that fetches from the network.</summary>
    NetworkCommand,
}

/// <summary>What the scan found in a file that would go out.</summary>
/// <param name="Rule">What was looked for.</param>
/// <param name="Path">The file below the Codex home, components separated by <c>/</c>; <c>local.toml</c> for what its <c>[platform]</c> tables say.</param>
/// <param name="Line">The line in the file as it lies on the master, counted from 1.</param>
/// <param name="Message">What it is, as a whole sentence, never the secret itself.</param>
public sealed record ScanFinding(ScanRule Rule, string Path, int Line, string Message)
{
    /// <summary>The key or hook that it is about, such as <c>mcp_servers.docs</c>; null for text.</summary>
    public string? Key { get; init; }

    /// <summary>What silences it for good as an entry of <c>[scan] ignore</c>.</summary>
    public required string IgnoreEntry { get; init; }
}

/// <summary>Where the next publication stands.</summary>
public enum BundleState
{
    /// <summary>What the Codex home holds is published.</summary>
    Current,

    /// <summary>Nothing speaks against it: it goes out with the next rebuild.</summary>
    Ready,

    /// <summary>It waits for a person to let it go, as <c>publish = "review"</c> or a rollback demands.</summary>
    Waiting,

    /// <summary>Findings of the scan, or too large a loss, hold it back.</summary>
    Held,
}

/// <summary>What would go out: the Codex home of the master against what is published.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Revision">The revision that was published last; null when nothing is.</param>
/// <param name="NextRevision">The revision that would go out.</param>
/// <param name="Changes">Hooks first, then MCP servers, then the rest by path; secrets masked.</param>
public sealed record BundleCompareResult(BundleState State, string? Revision, string NextRevision, IReadOnlyList<ChangeInfo> Changes)
{
    /// <summary>The group that it is about; null for what everybody gets.</summary>
    public string? Group { get; init; }

    /// <summary>Hooks that followers would run from then on, because the master trusts them: what each runs.</summary>
    public IReadOnlyList<string> NewlyTrustedHooks { get; init; } = [];

    /// <summary>What the scan found and nobody has confirmed or silenced.</summary>
    public IReadOnlyList<ScanFinding> Findings { get; init; } = [];

    /// <summary>Why it does not go out by itself, as a whole sentence; null when it does.</summary>
    public string? Reason { get; init; }

    /// <summary>Whole sentences for the person.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>A publication that the last rebuild did not let go, as <c>status</c> shows it without looking through the Codex home.</summary>
/// <param name="State"><see cref="BundleState.Waiting"/> or <see cref="BundleState.Held"/>.</param>
/// <param name="NextRevision">The revision that would go out.</param>
/// <param name="Changes">Files that are new, differ or are gone.</param>
/// <param name="Findings">What the scan found.</param>
/// <param name="Since">Since when something waits, local time.</param>
/// <param name="Reason">Why, as a whole sentence.</param>
public sealed record WaitingPublication(
    BundleState State, string NextRevision, int Changes, IReadOnlyList<ScanFinding> Findings, DateTime Since, string Reason);

/// <summary>A publication that the master still keeps.</summary>
/// <param name="Revision">Its revision.</param>
/// <param name="Sequence">The sequence number of the head that first named it.</param>
/// <param name="PublishedAt">When, local time.</param>
/// <param name="InService">Whether it is what followers get now.</param>
public sealed record BundleInfo(string Revision, long Sequence, DateTime PublishedAt, bool InService)
{
    /// <summary>What each group's followers get, by the group's name.</summary>
    public IReadOnlyDictionary<string, string> Groups { get; init; } = new Dictionary<string, string>();

    /// <summary>The rings that have it now.</summary>
    public IReadOnlyList<string> Rings { get; init; } = [];
}

/// <summary>What a rollback did.</summary>
/// <param name="Revision">The revision in service from now on.</param>
/// <param name="PreviousRevision">The one before; null when nothing was in service.</param>
/// <param name="Sequence">The new head's sequence number.</param>
/// <param name="Files">Files in it.</param>
public sealed record RollbackResult(string Revision, string? PreviousRevision, long Sequence, int Files);
