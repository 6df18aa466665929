using Codexport.Engine.Content;

namespace Codexport.Engine.Apply;

/// <summary>
/// What a transaction writes down before it touches anything: first as a preparation (undone by a recovery), then, renamed, as the journal
/// (finished by a recovery).
/// </summary>
internal sealed record ApplyRecord
{
    /// <summary>The random name of the transaction.</summary>
    public required string Id { get; init; }

    /// <summary>The Codex home that it changes.</summary>
    public required string CodexFolder { get; init; }

    /// <summary>
    /// True for a journal that somebody else's write stopped: nothing of it is left to do, but what stands on the disk may be of two
    /// revisions until the next transaction is through.
    /// </summary>
    public bool IsAbandoned { get; init; }

    /// <summary>The steps in the order in which they are done.</summary>
    public IReadOnlyList<ApplyStep> Steps { get; init; } = [];

    /// <summary>Folders that the preparation makes, those above first.</summary>
    public IReadOnlyList<string> NewFolders { get; init; } = [];

    /// <summary>The backup that the preparation makes, or null.</summary>
    public string? BackupName { get; init; }

    /// <summary>Where the applied state goes.</summary>
    public string? StateFile { get; init; }

    /// <summary>Where it waits; null when none is written.</summary>
    public string? StateTemporary { get; init; }

    /// <summary>What it holds.</summary>
    public Sha256Hash? StateHash { get; init; }
}
