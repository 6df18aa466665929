using Codexport.Engine.Apply;
using Codexport.Engine.Bundles;
using Codexport.Engine.Codex;
using Codexport.Engine.Follower.Composition;
using Codexport.Engine.Platform;
using Codexport.Engine.Results;

namespace Codexport.Engine.Follower.Sync;

/// <summary>Composes a kept revision for this home and applies it; composes again when somebody else wrote meanwhile.</summary>
internal sealed class RevisionApplier(FollowerSession session)
{
    private const int Tries = 4;

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
        for (var attempt = 1; ; attempt++)
        {
            var composition = await ComposeAsync(revision, document, applied, request.Adopt, cancellationToken);
            if (composition.Refusal is { } refusal)
            {
                throw refusal;
            }

            if (!MayBegin(request, composition.Plan, document))
            {
                return Result(SyncStatus.Staged, revision, applied, composition, new ApplyOutcome(0, 0, null));
            }

            if (composition.Plan.Changes.Any(change => change.Phase == ApplyPhase.Configuration))
            {
                await session.Changer.CheckConfigurationAsync(composition, cancellationToken);
            }

            try
            {
                var outcome = await session.Changer.ApplyAsync(composition.Contents, composition.Plan, cancellationToken);
                var isNew = composition.Plan.Changes.Count > 0 || applied?.Revision != revision;
                if (isNew)
                {
                    ActivityLog.Append(session.Context, $"Applied {revision}: {outcome.FilesWritten} written, {outcome.FilesDeleted} deleted.");
                }

                await FinishAsync(revision, document, applied, request.HoldBack, cancellationToken);
                return Result(isNew ? SyncStatus.Applied : SyncStatus.Current, revision, applied, composition, outcome);
            }
            catch (CodexportException error) when (error.Code == ErrorCode.ConcurrentChange && attempt < Tries)
            {
                session.Context.Trace?.Invoke($"{error.Message} Composing again.");
            }
        }
    }

    /// <summary>Composes without applying.</summary>
    public Task<Composition.Composition> ComposeAsync(
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
        SyncStatus status, Sha256Hash revision, AppliedState? before, Composition.Composition composition, ApplyOutcome outcome)
        => new(
            status, revision.ToString(), before?.Revision.ToString(), outcome.FilesWritten, outcome.FilesDeleted, 0,
            composition.Drift, composition.Warnings)
        {
            Changes = composition.Changes,
            NewlyTrustedHooks = composition.NewlyTrustedHooks,
            Backup = outcome.BackupName,
        };
}
