using Codexport.Engine.Apply;
using Codexport.Engine.Codex;
using Codexport.Engine.Compose;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Engine.Follower.Sync;

/// <summary>Composes a kept revision for this home and applies it; composes again when somebody else wrote meanwhile.</summary>
internal sealed class RevisionApplier(FollowerSession session)
{
    /// <summary>Applies.</summary>
    /// <param name="revision">The revision.</param>
    /// <param name="document">Its document.</param>
    /// <param name="applied">What was last applied; null before the first apply.</param>
    /// <param name="request">How.</param>
    /// <param name="cancellationToken">Heeded until the transaction has its journal.</param>
    /// <returns>What was done, <see cref="SyncStatus.Staged"/> when the time did not suffice to begin.</returns>
    public async Task<SyncResult> ApplyAsync(
        Sha256Hash revision, RevisionDocument document, AppliedState? applied, SyncRequest request, CancellationToken cancellationToken)
    {
        var result = await ApplyRestingAsync(revision, document, applied, request, cancellationToken);
        if (result.Status != SyncStatus.Applied || result.FilesWritten + result.FilesDeleted == 0)
        {
            return result;
        }

        var areSessionsTold = InForce.IsForOpenSessions(result.Changes) && await session.Services.TellSessions(session.Context, cancellationToken);
        return result with { InForce = InForce.Describe(result.Changes, areSessionsTold) };
    }

    private async Task<SyncResult> ApplyRestingAsync(
        Sha256Hash revision, RevisionDocument document, AppliedState? applied, SyncRequest request, CancellationToken cancellationToken)
    {
        var restless = new RestlessFiles();
        SyncResult? partial = null;
        while (true)
        {
            var composition = await ComposeAsync(revision, document, applied, request.Adopt, cancellationToken);
            if (composition.Refusal is { } refusal)
            {
                throw refusal;
            }

            if (!MayBegin(request, composition.Plan, document))
            {
                return partial ?? Result(SyncStatus.Staged, revision, applied, composition, new ApplyOutcome(0, 0, null));
            }

            if (composition.Plan.Changes.Count > 0)
            {
                await session.Changer.CheckConfigurationAsync(composition, cancellationToken);
            }

            try
            {
                var rest = partial is null && restless.Waiting.Count > 0 ? restless.Without(composition.Plan, applied) : null;
                if (rest is null)
                {
                    return Together(partial, await ApplyWholeAsync(revision, document, applied, composition, request, cancellationToken));
                }

                var outcome = await session.Changer.ApplyAsync(composition.Contents, rest, cancellationToken);
                partial = Partial(Result(SyncStatus.Applied, revision, applied, composition, outcome), restless.Waiting);
                applied = AppliedStateCodec.Read(rest.AppliedState!.Value.Span, rest.AppliedStateFile);
            }
            catch (CodexportException error) when (error.Code == ErrorCode.ConcurrentChange && restless.Note(error))
            {
                session.Context.Trace?.Invoke($"{error.Message} Composing again.");
            }
            catch (CodexportException error) when (error.Code == ErrorCode.ConcurrentChange && partial is not null)
            {
                return partial;
            }

            if (!await PauseAsync(restless.Pause, partial is not null, cancellationToken))
            {
                return partial!;
            }
        }
    }

    private async Task<SyncResult> ApplyWholeAsync(
        Sha256Hash revision, RevisionDocument document, AppliedState? applied, Composition composition, SyncRequest request,
        CancellationToken cancellationToken)
    {
        var outcome = await session.Changer.ApplyAsync(composition.Contents, composition.Plan, cancellationToken);
        var isNew = composition.Plan.Changes.Count > 0 || applied?.Revision != revision;
        if (isNew)
        {
            ActivityLog.Append(session.Context, $"Applied {revision}: {outcome.FilesWritten} written, {outcome.FilesDeleted} deleted.");
            PrivateModes.Tighten(session.Context, applied);
        }

        await FinishAsync(revision, document, applied, request.HoldBack, cancellationToken);
        return Result(isNew ? SyncStatus.Applied : SyncStatus.Current, revision, applied, composition, outcome);
    }

    /// <summary>What was applied without the files that wait. The contact keeps the revision of before, so that the next run goes on.</summary>
    private SyncResult Partial(SyncResult result, IReadOnlyList<string> waiting)
    {
        var names = string.Join(", ", waiting.Select(path => $"'{SafePath.Printable(path)}'"));
        ActivityLog.Append(session.Context, $"Applied {result.Revision} without {names}.");
        return result with
        {
            Warnings =
            [
                .. result.Warnings,
                $"{names} waits: another program keeps writing to it. The rest is applied; the next sync tries again.",
            ],
        };
    }

    private static SyncResult Together(SyncResult? partial, SyncResult last) => partial is null ? last : last with
    {
        Status = SyncStatus.Applied,
        PreviousRevision = partial.PreviousRevision,
        FilesWritten = partial.FilesWritten + last.FilesWritten,
        FilesDeleted = partial.FilesDeleted + last.FilesDeleted,
        Changes = [.. partial.Changes.Concat(last.Changes).DistinctBy(change => (change.Path, change.Key))],
        Drift = [.. partial.Drift.Union(last.Drift)],
        NewlyTrustedHooks = [.. partial.NewlyTrustedHooks.Union(last.NewlyTrustedHooks)],
        Backup = partial.Backup ?? last.Backup,
    };

    // A run whose time is over has done what it could, when that was something.
    private async Task<bool> PauseAsync(TimeSpan pause, bool mayStop, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(pause, session.Context.Time, cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (mayStop)
        {
            return false;
        }
    }

    /// <summary>Composes without applying.</summary>
    public Task<Composition> ComposeAsync(
        Sha256Hash revision, RevisionDocument document, AppliedState? applied, bool adopt, CancellationToken cancellationToken)
        => session.Changer.ComposeAsync(
            new CompositionInput(revision, document, session.Store, session.Settings, applied, adopt) { Seen = session.Enrollment.Seen },
            cancellationToken);

    /// <summary>
    /// A kept document as it may be applied again: credentials never go back. The older ones are wiped and would no longer log in; those
    /// of the newest revision stay.
    /// </summary>
    public static RevisionDocument WithCredentialsOf(RevisionDocument document, RevisionDocument? newest) => newest is null
        ? document
        : new RevisionDocument(
            document.Files.Where(file => !CodexLayout.IsCredential(file.Path))
                .Concat(newest.Files.Where(file => CodexLayout.IsCredential(file.Path))),
            document.TrustedHooks,
            document.Platforms);

    /// <summary>Deletes for good the credential contents of a revision that none of <paramref name="current"/> has.</summary>
    public async Task PurgeCredentialsAsync(
        RevisionDocument superseded, IEnumerable<RevisionDocument?> current, CancellationToken cancellationToken)
    {
        var stay = current.OfType<RevisionDocument>().SelectMany(document => document.Files).Select(file => file.Hash).ToHashSet();
        foreach (var file in superseded.Files.Where(file => CodexLayout.IsCredential(file.Path) && !stay.Contains(file.Hash)))
        {
            await session.Store.PurgeAsync(file.Hash, cancellationToken);
        }
    }

    private static bool MayBegin(SyncRequest request, ApplyPlan plan, RevisionDocument document)
    {
        if (request.MayApply is not { } may || plan.Changes.Count == 0)
        {
            return true;
        }

        var sizes = document.Files.ToDictionary(file => file.Path, file => file.Size, StringComparer.Ordinal);
        return may(plan.Changes.Count, plan.Changes.Sum(change => sizes.GetValueOrDefault(change.Path)));
    }

    private async Task FinishAsync(
        Sha256Hash revision, RevisionDocument document, AppliedState? before, Sha256Hash? heldBack, CancellationToken cancellationToken)
    {
        // On disk with the end of the run: a record less to be made durable.
        session.Note(contact => contact with { Applied = revision });
        session.HoldBack(heldBack);
        if (session.Shelf.Staged == revision)
        {
            session.Shelf.Unstage();
        }

        if (before is not null && before.Revision != revision)
        {
            if (session.Shelf.TryRead(before.Revision) is { } old)
            {
                await PurgeCredentialsAsync(old, [document], cancellationToken);
            }

            await session.Shelf.PruneAsync(session.Store, revision, cancellationToken);
        }
    }

    private static SyncResult Result(
        SyncStatus status, Sha256Hash revision, AppliedState? before, Composition composition, ApplyOutcome outcome)
        => new(
            status, revision.ToString(), before?.Revision.ToString(), outcome.FilesWritten, outcome.FilesDeleted, 0,
            composition.Drift, composition.Warnings)
        {
            Changes = composition.Changes,
            NewlyTrustedHooks = composition.NewlyTrustedHooks,
            Backup = outcome.BackupName,
        };
}
