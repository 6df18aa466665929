using Codexport.Engine.Results;

namespace Codexport.Cli.Rendering;

/// <summary>The JSON form of a join, sync or apply.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Revision">The revision that is now current, staged or applied.</param>
/// <param name="PreviousRevision">The one before.</param>
/// <param name="FilesWritten">Files written.</param>
/// <param name="FilesDeleted">Files deleted.</param>
/// <param name="BytesDownloaded">Bytes received from the master.</param>
/// <param name="Drift">What was changed locally.</param>
/// <param name="Changes">Every change with its reason, secrets masked.</param>
/// <param name="Warnings">Whole sentences for the person.</param>
/// <param name="NewlyTrustedHooks">What the hooks run that are trusted from now on.</param>
/// <param name="Backup">The backup made.</param>
/// <param name="InForce">From when on it counts.</param>
internal sealed record SyncReport(
    SyncStatus Status, string? Revision, string? PreviousRevision, int FilesWritten, int FilesDeleted, long BytesDownloaded,
    IReadOnlyList<string> Drift, IReadOnlyList<ChangeInfo> Changes, IReadOnlyList<string> Warnings, IReadOnlyList<string> NewlyTrustedHooks, string? Backup, string? InForce)
{
    /// <summary>The report of a result.</summary>
    public static SyncReport From(SyncResult result) => new(
        result.Status, result.Revision, result.PreviousRevision, result.FilesWritten, result.FilesDeleted, result.BytesDownloaded,
        result.Drift, result.Changes, result.Warnings, result.NewlyTrustedHooks, result.Backup, result.InForce);
}
