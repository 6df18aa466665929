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

    /// <summary>Runs.</summary>
    public async Task<SyncResult> RunAsync(IMasterConnection connection, SyncRequest request, CancellationToken cancellationToken)
    {
        await RecoverAsync(request.Adopt, cancellationToken);
        var mark = HeadMark.TryRead(session.Context, session.Enrollment, _applied);
        if (await TryAskForHeadAsync(connection, request, mark, cancellationToken) is not { } accepted)
        {
            // A home that an interrupted apply left half changed does not wait for the master: everything that it takes is here.
            return await ApplyNewestAsync(request, cancellationToken) ?? throw NothingHere();
        }

        var (verifier, head) = accepted;
        NoteLoss(mark);
        session.Accept(head, mark);
        var result = await FollowAsync(head.Revision, verifier, connection, request, cancellationToken);
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

        RememberSuccess(request, result);
        return result with
        {
            BytesDownloaded = connection.BytesReceived,
            Warnings = [.. _warnings, .. verifier.Warnings, .. result.Warnings],
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

    private async Task<AcceptedHead?> TryAskForHeadAsync(
        IMasterConnection connection, SyncRequest request, HeadMark? mark, CancellationToken cancellationToken)
    {
        try
        {
            return await AskForHeadAsync(connection, request, mark, cancellationToken);
        }
        catch (CodexportException error) when (_mustCompose && request.Apply && error.IsUnreachable)
        {
            _warnings.Add(error.Message);
            return null;
        }
    }

    private async Task<AcceptedHead> AskForHeadAsync(
        IMasterConnection connection, SyncRequest request, HeadMark? mark, CancellationToken cancellationToken)
    {
        // Without the whole mark of the newest head only TLS will do, where nobody between can hold an old one before us.
        var last = session.Contact.LastSecureHead;
        if (session.Enrollment.PublicKey is not null && mark is { IsRecalled: false } && last <= session.Now && session.Now - last < SecureHeadEvery)
        {
            var budget = request.HeadBudget / 2 ?? (session.Settings.ConnectTimeout * 2);
            var masters = session.Masters;
            var answer = request.Head
                ?? await Task.Run(() => session.Services.CheckHead(masters, mark.Ring, budget, cancellationToken), cancellationToken);
            if (TryAcceptHint(answer, mark) is { } accepted)
            {
                session.Reached(answer.Master!);
                connection.Prefer(answer.Master!);
                return accepted;
            }
        }

        var envelope = await connection.GetHeadAsync(cancellationToken);
        session.LearnKey(connection.PublicKey!);
        if (connection.Master is { } master)
        {
            session.Reached(master);
        }

        session.Remember(contact => contact with { LastSecureHead = session.Now });
        var verifier = Verifier(mark, isFromMaster: true);
        return new AcceptedHead(verifier, verifier.AcceptHead(envelope));
    }

    // Anybody on the way can answer the plain question, with an old head too: what does not verify, or has expired, is asked over TLS, and
    // only what comes from there is an error.
    private AcceptedHead? TryAcceptHint(HeadAnswer answer, HeadMark? mark)
    {
        if (answer.Master is null)
        {
            return null;
        }

        try
        {
            var verifier = Verifier(mark, isFromMaster: false);
            var head = verifier.AcceptHead(answer.Envelope);

            // Signed anew for what is here already: the master may have put this follower into another ring, which it tells over TLS alone.
            var isRenewed = mark is not null && head.Revision == mark.Revision && head.Sequence != mark.Sequence;
            return head.Expires > session.Now && !isRenewed ? new AcceptedHead(verifier, head) : null;
        }
        catch (CodexportException error)
        {
            session.Context.Trace?.Invoke($"The answer over plain HTTP was not a head that verifies ({error.Code}); the master is asked over TLS.");
            return null;
        }
    }

    private async Task<SyncResult> FollowAsync(
        Sha256Hash revision, RevisionVerifier verifier, IMasterConnection connection, SyncRequest request, CancellationToken cancellationToken)
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
        var document = (isHere ? session.Shelf.TryRead(revision) : null) ?? await FetchAsync(revision, verifier, connection, cancellationToken);
        session.KeepSeen();
        if (request.IsUnattended && session.Enrollment.HeldBack == revision)
        {
            return Unchanged(SyncStatus.Current, revision);
        }

        return request.Apply
            ? await ApplyWholeAsync(revision, document, verifier, connection, request, cancellationToken)
            : Unchanged(SyncStatus.Staged, revision);
    }

    /// <summary>Applies; contents that are lost or damaged here are fetched anew, once.</summary>
    private async Task<SyncResult> ApplyWholeAsync(
        Sha256Hash revision, RevisionDocument document, RevisionVerifier verifier, IMasterConnection connection, SyncRequest request,
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
            await FetchAsync(revision, verifier, connection, cancellationToken);
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
        Sha256Hash revision, RevisionVerifier verifier, IMasterConnection connection, CancellationToken cancellationToken)
    {
        var staged = session.Shelf.Staged;
        var fetcher = new RevisionFetcher(session, connection, verifier);
        var verified = await fetcher.FetchAsync(revision, [staged, _applied?.Revision], cancellationToken);
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

    private RevisionVerifier Verifier(HeadMark? mark, bool isFromMaster) => new(new VerificationRules(
        session.Fingerprint,
        session.Enrollment.PublicKey!,
        mark,
        session.Services.Limits,
        ReceivablePaths.Of(session.Context.Files, session.Services.Limits),
        session.Now)
    {
        IsFromMaster = isFromMaster,
    });

    private CodexportException NothingHere() => new(
        ErrorCode.StateDamaged,
        $"An interrupted apply left '{session.Context.Home.CodexFolder}' half changed, and what it takes to finish is not kept here.",
        "Run 'codexport sync --apply' again when the master can be reached.",
        session.Context.Home.CodexFolder);

    private SyncResult Unchanged(SyncStatus status, Sha256Hash revision)
        => new(status, revision.ToString(), _applied?.Revision.ToString(), 0, 0, 0, [], []);

    private sealed record AcceptedHead(RevisionVerifier Verifier, HeadMark Head);
}
