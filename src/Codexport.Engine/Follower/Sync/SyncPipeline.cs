using Codexport.Engine.Apply;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Verification;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Homes;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// One sync from beginning to end, in this order: what an earlier run left is finished; the head is asked for and verified, and its mark
/// made durable; what is missing is fetched, verified and staged; then it is composed and applied. Every step that fails leaves the Codex
/// home as it was. The caller holds the follower's lock.
/// </summary>
internal sealed class SyncPipeline(FollowerSession session)
{
    /// <summary>At least this often the head is asked for over TLS, where nobody between can hold an old one before us.</summary>
    public static readonly TimeSpan SecureHeadEvery = TimeSpan.FromHours(24);

    /// <summary>A success that is written down stands for later ones for so long.</summary>
    public static readonly TimeSpan ContactPrecision = TimeSpan.FromMinutes(1);

    private readonly List<string> _warnings = [];
    private readonly RevisionApplier _applier = new(session);
    private AppliedState? _applied;
    private bool _mustCompose;

    /// <summary>Whence the revision comes; null until a head was accepted.</summary>
    public IRevisionSource? Source { get; private set; }

    /// <summary>Runs.</summary>
    public async Task<SyncResult> RunAsync(IMasterConnection connection, SyncRequest request, CancellationToken cancellationToken)
    {
        await RecoverAsync(request.Adopt, cancellationToken);
        var mark = HeadMark.TryRead(session.Context, session.Enrollment, _applied);
        await using var question = new HeadQuestion(session, connection, request, mark);
        if (await TryAskForHeadAsync(question, request, cancellationToken) is not { } accepted)
        {
            // A home that an interrupted apply left half changed does not wait for the master: everything that it takes is here.
            return await ApplyNewestAsync(request, cancellationToken) ?? throw NothingHere();
        }

        var (verifier, head, source) = accepted;
        Source = source;
        NoteLoss(mark);
        session.Accept(head, mark);
        var result = await FollowAsync(head.Revision, verifier, source, request, cancellationToken);
        if (result.Status == SyncStatus.Current && (session.Enrollment.HeldBack is not { } held || held == _applied?.Revision))
        {
            session.HoldBack(null);

            // A run that was stopped right after it applied may not have come to write this down. What waits is not applied.
            if (_applied is { Waiting.Count: 0 })
            {
                session.Note(contact => contact with { Applied = _applied.Revision });
            }
        }

        var report = new MasterReport(session);
        if (report.NewsOf(session.Contact.Applied) is { } news)
        {
            await report.TellAsync(connection, news, session.Contact.Applied, null, cancellationToken);
        }

        await new KeyTelling(session).TellAsync(connection, cancellationToken);
        session.Note(contact => contact with { Source = source.Name });
        RememberSuccess(request, result);
        return result with
        {
            BytesDownloaded = connection.BytesReceived + (source is PublicationSource ? source.BytesReceived : 0),
            Warnings = [.. _warnings, .. question.Warnings, .. verifier.Warnings, .. result.Warnings],
        };
    }

    /// <summary>Finishes what an interrupted apply left.</summary>
    /// <param name="adopt">
    /// Whether a damaged record of what was last applied counts as none: what stands in the home is then judged as at a first apply.
    /// </param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task RecoverAsync(bool adopt, CancellationToken cancellationToken)
    {
        if (session.Changer.NeedsRecovery)
        {
            await FinishEarlierAsync(cancellationToken);
        }

        try
        {
            _applied = AppliedStateCodec.TryLoad(session.Context.Files, session.Context.Home);
        }
        catch (CodexportException error) when (adopt && error.Code == ErrorCode.StateDamaged)
        {
            SetAside.IfNotFile(session.Context, session.Context.Home.AppliedFile());
            _warnings.Add($"{error.Message} It is written anew.");
        }
    }

    /// <summary>Applies what was fetched last, without asking the master; null when nothing was.</summary>
    public async Task<SyncResult?> ApplyNewestAsync(SyncRequest request, CancellationToken cancellationToken)
    {
        var revision = session.Shelf.Staged ?? _applied?.Revision;
        if (revision is null || session.Shelf.TryRead(revision.Value) is not { } document)
        {
            return null;
        }

        var result = await ApplyAsync(revision.Value, document, request, cancellationToken);
        session.Remember(contact => contact);
        return result;
    }

    /// <summary>Applies a revision that is here.</summary>
    public async Task<SyncResult> ApplyAsync(
        Sha256Hash revision, RevisionDocument document, SyncRequest request, CancellationToken cancellationToken)
    {
        var result = await _applier.ApplyAsync(revision, document, _applied, request, cancellationToken);
        return result with { Warnings = [.. _warnings, .. result.Warnings] };
    }

    /// <summary>Applies a kept revision by the person's word; no unattended run undoes that.</summary>
    public async Task<SyncResult> RollBackAsync(Sha256Hash revision, SyncRequest request, CancellationToken cancellationToken)
    {
        var document = session.Shelf.TryRead(revision) ?? throw NotKeptWhole(revision);
        var newest = HeadMark.TryRead(session.Context, session.Enrollment, _applied)?.Revision ?? _applied?.Revision;
        var source = newest is { } hash ? session.Shelf.TryRead(hash) : null;
        var decision = newest == revision ? null : newest;
        var before = session.Enrollment.HeldBack;

        // Decided before anything changes: a run that is stopped right after it applied must not be undone by the hook.
        session.HoldBack(decision);
        try
        {
            var result = await ApplyAsync(
                revision, RevisionApplier.WithCredentialsOf(document, source), request with { HoldBack = decision }, cancellationToken);
            session.Remember(contact => contact);
            return result;
        }
        catch
        {
            session.HoldBack(before);
            throw;
        }
    }

    // A sync that found nothing new writes its time at most once a minute: the durable write would cost more than the check.
    private void RememberSuccess(SyncRequest request, SyncResult result)
    {
        var quick = request.Apply ? QuickSettings.Read(session.Context, session.Contact.Quick) : session.Contact.Quick;
        var isRecent = session.Contact.LastSync is { } last && last <= session.Now && session.Now - last < ContactPrecision;
        if (result.Status == SyncStatus.Current && isRecent && session.Contact is { Failures: 0, LastError: null }
            && ReferenceEquals(quick, session.Contact.Quick))
        {
            // What was noted on the way is written nevertheless.
            session.Remember(contact => contact);
            return;
        }

        session.Remember(contact => contact with
        {
            LastSync = session.Now,
            Failures = 0,
            LastError = null,
            LastMessage = null,
            NextQuickSync = null,
            Quick = quick,
        });
    }

    private async Task FinishEarlierAsync(CancellationToken cancellationToken)
    {
        var recovery = await session.Changer.RecoverAsync(session.Store, cancellationToken);
        _mustCompose = recovery.Status == RecoveryStatus.ComposeAgain;
        if (recovery.Status == RecoveryStatus.Completed)
        {
            _warnings.Add("An earlier apply had been interrupted; it is finished now.");
        }
    }

    private async Task<AcceptedHead?> TryAskForHeadAsync(HeadQuestion question, SyncRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await question.AskAsync(cancellationToken);
        }
        catch (CodexportException error) when (_mustCompose && request.Apply && error.IsUnreachable)
        {
            _warnings.Add(error.Message);
            return null;
        }
    }

    private async Task<SyncResult> FollowAsync(
        Sha256Hash revision, RevisionVerifier verifier, IRevisionSource source, SyncRequest request, CancellationToken cancellationToken)
    {
        var isApplied = _applied?.Revision == revision;
        if (isApplied && session.Shelf.HasStagedFile)
        {
            session.Shelf.Unstage();
        }

        if (isApplied && (!request.Apply || (!_mustCompose && session.Changer.IsUnchanged(_applied!, session.Settings))))
        {
            session.KeepSeen();
            return Unchanged(SyncStatus.Current, revision);
        }

        var isHere = isApplied || session.Shelf.Staged == revision;
        var document = (isHere ? session.Shelf.TryRead(revision) : null) ?? await FetchAsync(revision, verifier, source, cancellationToken);
        session.KeepSeen();
        if (request.IsUnattended && session.Enrollment.HeldBack == revision)
        {
            return Unchanged(SyncStatus.Current, revision);
        }

        return request.Apply
            ? await ApplyWholeAsync(revision, document, verifier, source, request, cancellationToken)
            : Unchanged(SyncStatus.Staged, revision);
    }

    /// <summary>Applies; contents that are lost or damaged here are fetched anew, once.</summary>
    private async Task<SyncResult> ApplyWholeAsync(
        Sha256Hash revision, RevisionDocument document, RevisionVerifier verifier, IRevisionSource source, SyncRequest request,
        CancellationToken cancellationToken)
    {
        try
        {
            return await _applier.ApplyAsync(revision, document, _applied, request, cancellationToken);
        }
        catch (CodexportException error) when (error.Fact is DamagedContent && !verifier.IsComplete)
        {
            session.Context.Trace?.Invoke($"{error.Message} What is damaged is fetched anew.");
            await PurgeDamagedAsync(document, cancellationToken);
            await FetchAsync(revision, verifier, source, cancellationToken);
            return await _applier.ApplyAsync(revision, document, _applied, request, cancellationToken);
        }
    }

    private async Task PurgeDamagedAsync(RevisionDocument document, CancellationToken cancellationToken)
    {
        foreach (var hash in document.Files.Select(file => file.Hash).Distinct().Where(session.Store.Contains))
        {
            await using var content = session.Store.OpenRead(hash);
            if (TargetProbe.Copy(content, Stream.Null, out _) != hash)
            {
                await session.Store.PurgeAsync(hash, cancellationToken);
            }
        }
    }

    private async Task<RevisionDocument> FetchAsync(
        Sha256Hash revision, RevisionVerifier verifier, IRevisionSource source, CancellationToken cancellationToken)
    {
        var staged = session.Shelf.Staged;
        var verified = await source.FetchAsync(revision, [staged, _applied?.Revision], verifier, cancellationToken);
        session.Approved();
        session.Shelf.Keep(verified);
        if (_applied?.Revision != revision)
        {
            session.Shelf.Stage(revision);
        }

        if (staged is { } old && old != _applied?.Revision && old != revision && session.Shelf.TryRead(old) is { } superseded)
        {
            var applied = _applied is null ? null : session.Shelf.TryRead(_applied.Revision);
            await _applier.PurgeCredentialsAsync(superseded, [verified.Document, applied], cancellationToken);
        }

        return verified.Document;
    }

    private void NoteLoss(HeadMark? mark)
    {
        if (mark is null ? session.Context.Files.TryGetEntry(session.Context.Home.HeadMarkFile()) is not null : mark.IsRecalled)
        {
            _warnings.Add($"The mark of the newest head, '{session.Context.Home.HeadMarkFile()}', was lost or damaged. "
                + "The head was asked for over TLS, nothing older than before was taken, and the mark is written anew.");
        }
    }

    private CodexportException NotKeptWhole(Sha256Hash revision) => new(
        ErrorCode.StateDamaged,
        $"The kept revision '{session.Context.Home.RevisionFile(revision)}' is damaged.",
        "Give another kept one ('codexport apply --revision'), or run 'codexport sync --apply' for the newest.",
        session.Context.Home.RevisionFile(revision));

    private CodexportException NothingHere() => new(
        ErrorCode.StateDamaged,
        $"An interrupted apply left '{session.Context.Home.CodexFolder}' half changed, and what it takes to finish is not kept here.",
        "Run 'codexport sync --apply' again when the master can be reached.",
        session.Context.Home.CodexFolder);

    private SyncResult Unchanged(SyncStatus status, Sha256Hash revision)
        => new(status, revision.ToString(), _applied?.Revision.ToString(), 0, 0, 0, [], []);
}
