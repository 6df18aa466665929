using Codexport.Engine.Bundles;
using Codexport.Engine.Results;

namespace Codexport.Engine.Follower;

/// <summary>How to join.</summary>
/// <param name="Link">Where to and with what.</param>
/// <param name="Apply">Whether to apply what was fetched, or only to stage it.</param>
/// <param name="Adopt">Whether files that are there and differ may be backed up and replaced.</param>
public sealed record JoinOptions(JoinLink Link, bool Apply, bool Adopt);

/// <summary>How to sync.</summary>
/// <param name="Apply">Whether to apply what was fetched, or only to stage it.</param>
/// <param name="Adopt">As in <see cref="JoinOptions"/>, for a first apply after a staged join.</param>
public sealed record SyncOptions(bool Apply, bool Adopt = false);

/// <summary>What a person does on a follower: one method a command, the same for both heads.</summary>
public sealed class FollowerOperations(EngineContext context)
{
    /// <summary>Pins the master, registers, fetches and, when asked for, applies.</summary>
    public Task<SyncResult> JoinAsync(JoinOptions options, CancellationToken cancellationToken) => throw new NotImplementedException(context.ToString());

    /// <summary>Forgets the master, wipes credentials and contents; the Codex home keeps its files, but for credentials that came from the master.</summary>
    public Task<LeaveResult> LeaveAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Checks the head, fetches what is missing, verifies, and stages or applies.</summary>
    public Task<SyncResult> SyncAsync(SyncOptions options, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// The hook's sync: applies, one deadline for everything, never throws for what an unattended run must survive, backs off after failures.
    /// </summary>
    /// <returns>The one line that the hook prints, or null for silence.</returns>
    public string? QuickSync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Applies the staged revision, or a kept one (rollback) by its hash or a unique beginning of it.</summary>
    public Task<SyncResult> ApplyAsync(string? revision, bool adopt, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>What an apply of the newest fetched revision would change, and what drifted.</summary>
    public Task<CompareResult> CompareAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>How things stand; asks nobody over the network.</summary>
    public Task<StatusResult> GetStatusAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Forgets the pinned key and the sequence mark; with a fingerprint pins that one from now on.</summary>
    public Task<TrustResult> ResetTrustAsync(string? fingerprint, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The backups, newest first.</summary>
    public Task<IReadOnlyList<BackupInfo>> GetBackupsAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Brings a backup's files back; what they replace is backed up first.</summary>
    public Task<RestoreResult> RestoreBackupAsync(string name, CancellationToken cancellationToken) => throw new NotImplementedException();
}
