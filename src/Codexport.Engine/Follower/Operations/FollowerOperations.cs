using Codexport.Engine.Apply;
using Codexport.Engine.Compose;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Follower.Operations;

/// <summary>How to join.</summary>
/// <param name="Link">Where to and with what.</param>
/// <param name="Apply">Whether to apply what was fetched, or only to stage it.</param>
/// <param name="Adopt">Whether files that are there and differ may be backed up and replaced.</param>
public sealed record JoinOptions(JoinLink Link, bool Apply, bool Adopt)
{
    /// <summary>What the follower calls itself in the master's book; null for the name of the machine.</summary>
    public string? Name { get; init; }
}

/// <summary>How to sync.</summary>
/// <param name="Apply">Whether to apply what was fetched, or only to stage it.</param>
/// <param name="Adopt">As in <see cref="JoinOptions"/>, for a first apply after a staged join.</param>
public sealed record SyncOptions(bool Apply, bool Adopt = false);

/// <summary>What a person does on a follower: one method a command, the same for both heads.</summary>
public sealed class FollowerOperations
{
    private readonly EngineContext _context;
    private readonly FollowerServices _services;
    private readonly ContactRecord? _contact;

    /// <summary>Works on the home of <paramref name="context"/>.</summary>
    public FollowerOperations(EngineContext context)
        : this(context, new FollowerServices())
    {
    }

    internal FollowerOperations(EngineContext context, FollowerServices services)
    {
        _context = context;
        _services = services;
    }

    internal FollowerOperations(HomeOpening opening, FollowerServices services)
        : this(opening.Context, services)
        => _contact = opening.Contact;

    /// <summary>Works on the home that the options, the environment and the settings name.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HomeNotFound"/>, or the settings cannot be read.</exception>
    public static FollowerOperations Open(HomeOptions options) => new(HomeOpening.Of(options), new FollowerServices());

    /// <summary>Pins the master, registers, fetches and, when asked for, applies.</summary>
    public Task<SyncResult> JoinAsync(JoinOptions options, CancellationToken cancellationToken)
        => new JoinFlow(_context, _services).RunAsync(options, cancellationToken);

    /// <summary>Forgets the master, wipes credentials and contents; the Codex home keeps its files, but for credentials that came from the master.</summary>
    public Task<LeaveResult> LeaveAsync(CancellationToken cancellationToken) => new LeaveFlow(_context, _services).RunAsync(cancellationToken);

    /// <summary>
    /// Checks the head, fetches what is missing, verifies, and stages or applies. <see cref="SyncStatus.Offline"/> and
    /// <see cref="SyncStatus.Busy"/> are results; everything else that goes wrong is an error.
    /// </summary>
    public async Task<SyncResult> SyncAsync(SyncOptions options, CancellationToken cancellationToken)
    {
        var session = FollowerSession.Open(_context, _services);
        using var hold = FileLock.TryAcquire(_context.Files, _context.Home.FollowerLockFile);
        if (hold is null)
        {
            return Nothing(SyncStatus.Busy, session, "Another Codexport process is at work on this home; nothing was done.");
        }

        var settled = new SettledSync(_context, _services);
        if (options.Apply && settled.TryRunHoldingLock(cancellationToken) is { } current)
        {
            return current;
        }

        try
        {
            var request = new SyncRequest(options.Apply, options.Adopt) { Head = settled.News };
            return await new WholeSync(session).RunAsync(request, cancellationToken);
        }
        catch (CodexportException error) when (error.IsUnreachable)
        {
            FollowerSession.RememberFailure(_context, error.Code, error.Message);
            return Nothing(SyncStatus.Offline, session, $"{error.Message} {error.Remedy}");
        }
        catch (CodexportException error)
        {
            FollowerSession.RememberFailure(_context, error.Code, error.Message);
            throw;
        }
    }

    /// <summary>
    /// What <see cref="SyncAsync"/> with apply gives when neither master nor home changed since the last sync, found out at little cost;
    /// null when it takes the whole way.
    /// </summary>
    public SyncResult? TrySyncSettled(CancellationToken cancellationToken) => new SettledSync(_context, _services).TryRun(cancellationToken);

    /// <summary>
    /// The hook's sync: applies, one deadline for everything, never throws for what an unattended run must survive, backs off after failures.
    /// </summary>
    /// <returns>The one line that the hook prints, or null for silence.</returns>
    public string? QuickSync(CancellationToken cancellationToken) => QuickSync(TimeSpan.Zero, cancellationToken);

    /// <inheritdoc cref="QuickSync(CancellationToken)"/>
    /// <param name="spent">What of its time has passed already, such as until the process was ready.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public string? QuickSync(TimeSpan spent, CancellationToken cancellationToken) => QuickSync(spent, beforeStart: false, cancellationToken);

    /// <inheritdoc cref="QuickSync(TimeSpan, CancellationToken)"/>
    /// <param name="spent">What of its time has passed already, such as until the process was ready.</param>
    /// <param name="beforeStart">Whether Codex starts only after this, as in a shell: then everything counts at once.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public string? QuickSync(TimeSpan spent, bool beforeStart, CancellationToken cancellationToken)
        => new QuickSync(_context, _services, _contact) { IsBeforeStart = beforeStart }.Run(spent, cancellationToken);

    /// <summary>The revisions that are kept, newest first; one whose document is damaged is left out.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.NotFollower"/>.</exception>
    public IReadOnlyList<Results.RevisionInfo> GetRevisions()
    {
        var shelf = FollowerSession.Open(_context, _services).Shelf;
        var applied = AppliedStateCodec.TryLoad(_context.Files, _context.Home)?.Revision;
        var staged = shelf.Staged;
        return
        [
            .. shelf.ListWithTimes().Select(kept => (kept.Revision, kept.FetchedAt, Document: shelf.TryRead(kept.Revision))).Where(kept => kept.Document is not null)
                .Select(kept => new Results.RevisionInfo(
                    kept.Revision.ToString(), kept.FetchedAt, kept.Document!.Files.Count, kept.Document.Files.Sum(file => file.Size),
                    kept.Revision == applied, kept.Revision == staged)),
        ];
    }

    /// <summary>Applies the staged revision, or a kept one (rollback) by its hash or a unique beginning of it.</summary>
    public async Task<SyncResult> ApplyAsync(string? revision, bool adopt, CancellationToken cancellationToken)
    {
        var session = FollowerSession.Open(_context, _services);
        using var hold = FileLock.Acquire(_context.Files, _context.Home.FollowerLockFile);
        var request = new SyncRequest(Apply: true, adopt);
        return await new WholeSync(session).ApplyAsync(
            async pipeline =>
            {
                await pipeline.RecoverAsync(adopt, cancellationToken);
                return revision is null
                    ? await pipeline.ApplyNewestAsync(request, cancellationToken) ?? throw NothingFetched(session)
                    : await pipeline.RollBackAsync(session.Shelf.Find(revision), request, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>What an apply of the newest fetched revision would change, and what drifted.</summary>
    public Task<CompareResult> CompareAsync(CancellationToken cancellationToken)
        => new StatusReader(_context, _services).CompareAsync(cancellationToken);

    /// <summary>The same, and the lines that differ in each file that would be written or deleted, secrets masked.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.NotFollower"/> on a home that follows no master.</exception>
    public Task<(CompareResult Result, IReadOnlyList<FileDifference> Files)> CompareWithLinesAsync(CancellationToken cancellationToken)
        => new StatusReader(_context, _services).CompareWithLinesAsync(cancellationToken);

    /// <summary>How things stand; asks nobody over the network.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.NotFollower"/> on a home that follows no master.</exception>
    public Task<StatusResult> GetStatusAsync(CancellationToken cancellationToken)
        => new StatusReader(_context, _services).ReadAsync(cancellationToken);

    /// <summary>Forgets the pinned key and the sequence mark; with a fingerprint pins that one from now on.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.NotFollower"/>, <see cref="ErrorCode.InvalidUsage"/> or <see cref="ErrorCode.Busy"/>.</exception>
    public Task<TrustResult> ResetTrustAsync(string? fingerprint, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (fingerprint is not null && !Sha256Hash.TryParse(fingerprint, out _))
        {
            throw new CodexportException(
                ErrorCode.InvalidUsage,
                "A fingerprint is 64 lowercase hexadecimal digits.",
                "Copy it from 'codexport status' on the master.");
        }

        var session = FollowerSession.Open(_context, _services);
        using var hold = FileLock.Acquire(_context.Files, _context.Home.FollowerLockFile);
        var previous = session.Enrollment.Fingerprint;

        // Under another pin what the applied state has noted of the newest head says nothing any more.
        (session.Enrollment with
        {
            Fingerprint = fingerprint,
            PublicKey = null,
            PreviousFingerprint = null,
            Pin = EnrollmentRecord.NewPin(),
            Seen = null,
            DelegationFloor = 0,
        }).Write(_context);
        SettingsFile.Update(
            _context.Files, _context.Home.SettingsFile, new Dictionary<string, object?> { ["masterFingerprint"] = fingerprint });
        SetAside.IfNotFile(_context, _context.Home.HeadMarkFile());
        _context.Files.DeleteFile(_context.Home.HeadMarkFile());
        session.Remember(contact => contact with { LastSecureHead = null, Failures = 0, NextQuickSync = null, Announced = null });
        return Task.FromResult(new TrustResult(previous, fingerprint) { FollowsKeyRotation = session.Settings.FollowKeyRotation });
    }

    /// <summary>Says whether a new key of the master is trusted because the old one vouches for it. The pinned key stays.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.NotFollower"/> or <see cref="ErrorCode.Busy"/>.</exception>
    public Task<TrustResult> SetFollowAsync(bool follow, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var session = FollowerSession.Open(_context, _services);
        using var hold = FileLock.Acquire(_context.Files, _context.Home.FollowerLockFile);
        SettingsFile.Update(
            _context.Files, _context.Home.SettingsFile, new Dictionary<string, object?> { ["followKeyRotation"] = follow ? true : null });

        // What was told of the refusal counts no longer, and the hook need not wait to find out.
        session.Remember(contact => contact with { Failures = 0, NextQuickSync = null, Announced = null });
        var pinned = session.Enrollment.Fingerprint;
        return Task.FromResult(new TrustResult(pinned, pinned) { FollowsKeyRotation = follow });
    }

    /// <summary>The backups, newest first.</summary>
    public Task<IReadOnlyList<Results.BackupInfo>> GetBackupsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<Results.BackupInfo> backups =
        [
            .. new BackupStore(_context).List()
                .Select(backup => new Results.BackupInfo(backup.Name, backup.CreatedAt.LocalDateTime, backup.Files, backup.Bytes, backup.Label)),
        ];
        return Task.FromResult(backups);
    }

    /// <summary>One backup.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.BackupNotFound"/>.</exception>
    public async Task<Results.BackupInfo> GetBackupAsync(string name, CancellationToken cancellationToken)
        => (await GetBackupsAsync(cancellationToken)).FirstOrDefault(backup => string.Equals(backup.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw BackupStore.NotFound(name);

    /// <summary>Brings a backup's files back; what they replace is backed up first.</summary>
    public async Task<RestoreResult> RestoreBackupAsync(string name, CancellationToken cancellationToken)
    {
        var backups = new BackupStore(_context);
        // Looked for first: a home without that backup is not touched, not even by a lock.
        _ = backups.PlanRestore(name, _context.Home.AppliedFile(), PlannedChanges.Of);
        using var hold = FileLock.Acquire(_context.Files, _context.Home.FollowerLockFile);
        var restore = backups.PlanRestore(name, _context.Home.AppliedFile(), PlannedChanges.Of);

        // As with a rollback, and before anything changes: no unattended run takes back what a person brought back.
        if (EnrollmentRecord.TryRead(_context) is { } enrollment)
        {
            (enrollment with { HeldBack = HeadMark.TryRead(_context, enrollment)?.Revision }).Write(_context);
        }

        var outcome = await backups.RestoreAsync(restore, cancellationToken);
        var applied = AppliedStateCodec.TryLoad(_context.Files, _context.Home)?.Revision;
        (ContactRecord.Read(_context) with { Applied = applied }).Write(_context);
        return new RestoreResult(name, outcome.FilesWritten, outcome.FilesDeleted, outcome.BackupName)
        {
            Warnings = [.. restore.LeftAlone.Select(path => $"'{SafePath.Printable(path)}' was left alone: it came after the backup and was changed since.")],
        };
    }

    private static SyncResult Nothing(SyncStatus status, FollowerSession session, string warning)
    {
        var applied = session.Contact.Applied?.ToString();
        return new SyncResult(status, applied, applied, 0, 0, 0, [], [warning]);
    }

    private CodexportException NothingFetched(FollowerSession session) => (session.Shelf.Staged ?? session.Contact.Applied) is { } revision
        ? new(
            ErrorCode.StateDamaged, $"The newest revision that was fetched is missing or damaged: {_context.Home.RevisionFile(revision)}.",
            "Run 'codexport sync' to fetch it again.", _context.Home.RevisionFile(revision))
        : new(ErrorCode.RevisionNotFound, "No fetched revision waits to be applied, and none was applied before.", "Run 'codexport sync' first.");
}
