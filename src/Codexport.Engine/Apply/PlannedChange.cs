using Codexport.Engine.Content;

namespace Codexport.Engine.Apply;

/// <summary>The order in which a transaction changes things: what others refer to first, what refers to them later, deletions last.</summary>
internal enum ApplyPhase
{
    /// <summary>What others refer to.</summary>
    Files,

    /// <summary>Hooks, which refer to files.</summary>
    Hooks,

    /// <summary>Configuration, which refers to both.</summary>
    Configuration,

    /// <summary>Deletions.</summary>
    Deletions,
}

/// <summary>What stands, or shall stand, at a target.</summary>
/// <param name="Hash">SHA-256 of the content; null when no file is there.</param>
/// <param name="IsExecutable">Whether it is executable (compared on Unix only).</param>
internal sealed record TargetState(Sha256Hash? Hash, bool IsExecutable)
{
    /// <summary>No file.</summary>
    public static TargetState Absent { get; } = new(null, false);
}

/// <summary>One step of a plan.</summary>
/// <param name="Path">Relative path below the Codex home, components separated by <c>/</c>, already checked for this platform.</param>
/// <param name="Phase">When it is done.</param>
/// <param name="Before">What the plan was made against; anything else found later is somebody else's write.</param>
/// <param name="After">What shall stand there.</param>
internal sealed record PlannedChange(string Path, ApplyPhase Phase, TargetState Before, TargetState After)
{
    /// <summary>Written 0600, no backup copy beyond the journal's life.</summary>
    public bool IsCredential { get; init; }

    /// <summary>Written 0600 although it is not a credential (<c>config.toml</c> may hold secrets in <c>env</c>).</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Whether the person's own link at this path is followed; at any other path a link stops the transaction.</summary>
    public bool FollowsLink { get; init; }

    /// <summary>Whether a link at the path that leads out of the Codex home is replaced rather than followed.</summary>
    public bool ReplacesLink { get; init; }

    /// <summary>
    /// Lock files, relative to the Codex home, that are held while the file is replaced or deleted, in this order: those that other
    /// programs take when they write it.
    /// </summary>
    public IReadOnlyList<string> Locks { get; init; } = [];

    /// <summary>Bytes of the new content, so that free space is checked beforehand; 0 when there is none or it is not known.</summary>
    public long Size { get; init; }
}

/// <summary>Makes the step for a file of the Codex home, as its kind wants it.</summary>
/// <param name="path">Relative to the Codex home.</param>
/// <param name="before">What stands there.</param>
/// <param name="after">What shall stand there.</param>
/// <param name="size">Bytes of the new content; 0 when there is none or it is not known.</param>
internal delegate PlannedChange MakeChange(string path, TargetState before, TargetState after, long size);

/// <summary>Everything that one transaction does.</summary>
/// <param name="Changes">The steps, at most one a path.</param>
/// <param name="AppliedStateFile">Absolute path of the state that is written once all steps are done.</param>
/// <param name="AppliedState">Its content; null writes none.</param>
/// <param name="Label">What the backup is called for people, such as the revision that is being replaced.</param>
internal sealed record ApplyPlan(
    IReadOnlyList<PlannedChange> Changes, string AppliedStateFile, ReadOnlyMemory<byte>? AppliedState, string Label);

/// <summary>What a transaction did.</summary>
/// <param name="FilesWritten">Files written.</param>
/// <param name="FilesDeleted">Files deleted.</param>
/// <param name="BackupName">The name of the backup made, or null when nothing needed one.</param>
internal sealed record ApplyOutcome(int FilesWritten, int FilesDeleted, string? BackupName);
