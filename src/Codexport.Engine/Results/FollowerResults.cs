namespace Codexport.Engine.Results;

/// <summary>How a sync ended.</summary>
public enum SyncStatus
{
    /// <summary>The follower has what the master has.</summary>
    Current,

    /// <summary>Everything is fetched and verified, nothing applied.</summary>
    Staged,

    /// <summary>A revision was applied.</summary>
    Applied,

    /// <summary>The master could not be reached; nothing changed.</summary>
    Offline,

    /// <summary>Another sync is at work; nothing changed.</summary>
    Busy,
}

/// <summary>Why a change is made, or not made.</summary>
public enum ChangeReason
{
    /// <summary>The master's content.</summary>
    Canonical,

    /// <summary>The person's overlay or override.</summary>
    Overlay,

    /// <summary>Local content that is kept.</summary>
    KeptLocal,

    /// <summary>Canonical content that was changed locally.</summary>
    Drift,

    /// <summary>Two sides claim the same name.</summary>
    Conflict,
}

/// <summary>What happens to a file or key.</summary>
public enum ChangeAction
{
    /// <summary>It comes.</summary>
    Add,

    /// <summary>It changes.</summary>
    Update,

    /// <summary>It goes.</summary>
    Remove,

    /// <summary>It stays.</summary>
    Keep,
}

/// <summary>One line of <c>diff</c>.</summary>
/// <param name="Path">File below the Codex home, components separated by <c>/</c>.</param>
/// <param name="Key">Key path inside it, or null for the whole file.</param>
/// <param name="Action">What happens.</param>
/// <param name="Reason">Why.</param>
/// <param name="Before">What is there, in short, secrets masked; null when nothing is.</param>
/// <param name="After">What comes, in short, secrets masked; null when nothing does.</param>
/// <param name="Note">A whole sentence where one helps, such as how to allow a conflict.</param>
public sealed record ChangeInfo(
    string Path, string? Key, ChangeAction Action, ChangeReason Reason, string? Before = null, string? After = null, string? Note = null);

/// <summary>What a join, sync or apply did.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Revision">The revision that is now current, staged or applied.</param>
/// <param name="PreviousRevision">The one applied before.</param>
/// <param name="FilesWritten">Files written.</param>
/// <param name="FilesDeleted">Files deleted.</param>
/// <param name="BytesDownloaded">Bytes received from the master, as they crossed the wire.</param>
/// <param name="Drift">What was changed locally against canonical, each <c>file</c> or <c>file: key</c>.</param>
/// <param name="Warnings">Whole sentences for the person.</param>
public sealed record SyncResult(
    SyncStatus Status, string? Revision, string? PreviousRevision, int FilesWritten, int FilesDeleted, long BytesDownloaded,
    IReadOnlyList<string> Drift, IReadOnlyList<string> Warnings)
{
    /// <summary>Every change with its reason.</summary>
    public IReadOnlyList<ChangeInfo> Changes { get; init; } = [];

    /// <summary>Canonical hooks whose trust this sync carried over for the first time: what each runs.</summary>
    public IReadOnlyList<string> NewlyTrustedHooks { get; init; } = [];

    /// <summary>Name of the backup made.</summary>
    public string? Backup { get; init; }

    /// <summary>From when on it counts, for the person; null when nothing was applied that Codex reads.</summary>
    public string? InForce { get; init; }
}

/// <summary>What <c>diff</c> found.</summary>
/// <param name="Revision">The revision compared with.</param>
/// <param name="Changes">Every change, in path order.</param>
/// <param name="Conflicts">How many of them are conflicts that would stop an apply.</param>
/// <param name="Warnings">Whole sentences for the person.</param>
public sealed record CompareResult(string? Revision, IReadOnlyList<ChangeInfo> Changes, int Conflicts, IReadOnlyList<string> Warnings)
{
    /// <summary>Canonical content that was changed locally, each <c>file</c> or <c>file: key</c>.</summary>
    public IReadOnlyList<string> Drift { get; init; } = [];

    /// <summary>What would stop an apply, with what helps; null when nothing would.</summary>
    public string? Problem { get; init; }

    /// <summary>Stable code of <see cref="Problem"/>.</summary>
    public string? ProblemCode { get; init; }

    /// <summary>Canonical hooks that an apply would newly trust: what each runs.</summary>
    public IReadOnlyList<string> NewlyTrustedHooks { get; init; } = [];

    /// <summary>The parts of the master's setup that this follower takes.</summary>
    public IReadOnlyList<SetupCategory> Categories { get; init; } = [];
}

/// <summary>What <c>status</c> shows.</summary>
public sealed record StatusResult
{
    /// <summary>What this home is.</summary>
    public required Role Role { get; init; }

    /// <summary>The Codex home.</summary>
    public required string CodexFolder { get; init; }

    /// <summary>Where the master is (follower), or what it listens on (master).</summary>
    public string? MasterUrl { get; init; }

    /// <summary>The master's fingerprint.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Whether a new key of the master is trusted because the old one vouches for it (follower); null elsewhere.</summary>
    public bool? FollowsKeyRotation { get; init; }

    /// <summary>The revision applied (follower) or published (master).</summary>
    public string? Revision { get; init; }

    /// <summary>A revision that is fetched and not applied.</summary>
    public string? StagedRevision { get; init; }

    /// <summary>Files under management.</summary>
    public int Files { get; init; }

    /// <summary>The parts of the setup that are exported (master), or taken from the master (follower).</summary>
    public IReadOnlyList<SetupCategory> Categories { get; init; } = [];

    /// <summary>When the last sync reached the master, local time.</summary>
    public DateTime? LastSync { get; init; }

    /// <summary>Whence the newest head came: the master, or a publication of it; null while that is not known.</summary>
    public string? Source { get; init; }

    /// <summary>When the master signed the newest head that is known here, local time: how old what is here can be.</summary>
    public DateTime? HeadIssued { get; init; }

    /// <summary>When the newest head expires, local time.</summary>
    public DateTime? HeadExpires { get; init; }

    /// <summary>Stable code of the last failure; null after a success.</summary>
    public string? LastError { get; init; }

    /// <summary>What the last failure said.</summary>
    public string? LastErrorMessage { get; init; }

    /// <summary>Not before this a quick sync asks again, local time.</summary>
    public DateTime? NextQuickSync { get; init; }

    /// <summary>Whether an apply was interrupted and will be finished by the next run.</summary>
    public bool ApplyInterrupted { get; init; }

    /// <summary>What was changed locally, each <c>file</c> or <c>file: key</c>.</summary>
    public IReadOnlyList<string> Drift { get; init; } = [];

    /// <summary>Conflicts that wait for a person.</summary>
    public IReadOnlyList<string> Conflicts { get; init; } = [];

    /// <summary>What the last rebuild did not let go (master); null when nothing waits.</summary>
    public WaitingPublication? Waiting { get; init; }

    /// <summary>The revision that the master was rolled back to, while what its Codex home holds waits for that (master).</summary>
    public string? RolledBackTo { get; init; }

    /// <summary>How the newest publication goes from ring to ring (master); null where there are no rings.</summary>
    public RolloutResult? Rollout { get; init; }

    /// <summary>Followers known (master).</summary>
    public int? Followers { get; init; }

    /// <summary>Whole sentences for the person.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>A revision that this follower has fetched and still keeps.</summary>
/// <param name="Revision">Its hash.</param>
/// <param name="FetchedAt">When it was fetched, local time.</param>
/// <param name="Files">Files in it.</param>
/// <param name="Bytes">Bytes of their contents.</param>
/// <param name="Applied">Whether it is the one that is applied.</param>
/// <param name="Staged">Whether it waits to be applied.</param>
public sealed record RevisionInfo(string Revision, DateTime FetchedAt, int Files, long Bytes, bool Applied, bool Staged);

/// <summary>One backup.</summary>
/// <param name="Name">Its name; sorts by time.</param>
/// <param name="CreatedAt">When it was made, local time.</param>
/// <param name="Files">Files in it.</param>
/// <param name="Bytes">Bytes of them.</param>
/// <param name="Label">What it was made for, such as the revision that was replaced.</param>
public sealed record BackupInfo(string Name, DateTime CreatedAt, int Files, long Bytes, string Label);

/// <summary>What a restore did.</summary>
/// <param name="Backup">Name of the backup that was restored.</param>
/// <param name="FilesWritten">Files written.</param>
/// <param name="FilesDeleted">Files deleted.</param>
/// <param name="NewBackup">Name of the backup of what was replaced.</param>
public sealed record RestoreResult(string Backup, int FilesWritten, int FilesDeleted, string? NewBackup)
{
    /// <summary>Whole sentences for the person, such as which files were left alone.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>What leaving did.</summary>
/// <param name="FilesKept">Managed files that stay in the Codex home.</param>
/// <param name="Unregistered">Whether the master was told.</param>
/// <param name="Warnings">Whole sentences for the person.</param>
public sealed record LeaveResult(int FilesKept, bool Unregistered, IReadOnlyList<string> Warnings);

/// <summary>What resetting the trust did.</summary>
/// <param name="PreviousFingerprint">The fingerprint that was pinned.</param>
/// <param name="Fingerprint">The one that is pinned now; null when none is.</param>
public sealed record TrustResult(string? PreviousFingerprint, string? Fingerprint)
{
    /// <summary>Whether a new key of the master is trusted because the old one vouches for it.</summary>
    public bool FollowsKeyRotation { get; init; }
}
