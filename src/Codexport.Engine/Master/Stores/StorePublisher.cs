using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Protocol;
using Codexport.Engine.Publication;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Stores;

/// <summary>
/// Publishes the revision in force to a store. The head is replaced last, and only if it still is the one that this master put there; what no
/// head needs any more is cleared after a grace period. Whenever it is stopped, the store holds the old head or the new one, and everything
/// that it names.
/// </summary>
/// <param name="context">The master's home.</param>
/// <param name="open">Opens the stores that are not folders; null where only folders can be published to.</param>
internal sealed class StorePublisher(EngineContext context, Func<PublishTarget, IRevisionStore>? open)
{
    private const int MaxMaking = 3;

    /// <summary>Publishes.</summary>
    /// <param name="target">Where.</param>
    /// <param name="takeOver">Whether a head that this master has not put there may be replaced.</param>
    /// <param name="cancellationToken">Ends the work; the store is whole then too.</param>
    public async Task<PublicationResult> RunAsync(PublishTarget target, bool takeOver, CancellationToken cancellationToken)
    {
        await using var store = Open(target);
        MasterIdentity.Load(context).Dispose();
        using var held = TargetState.Lock(context, target.Target);
        var state = TargetState.Read(context, target.Target);
        IReadOnlySet<Sha256Hash> gone = new HashSet<Sha256Hash>();
        var floor = 0L;
        for (var round = 0; ; round++)
        {
            var publication = await new PublicationMaker(context).MakeAsync(gone, floor, cancellationToken);
            var upload = new StoreUpload(context, store, publication);
            var there = await upload.AgainAsync(() => store.TryReadAsync(PublicationPaths.Head, HeadCodec.MaxEnvelopeSize, cancellationToken), cancellationToken);
            if (there is not null && !IsOwn(there, state, publication) && TakenOver(store.Name, there, takeOver) is var sequence && sequence >= publication.Head.Sequence)
            {
                // Followers that have seen the other head must not meet an older one.
                floor = sequence;
                continue;
            }

            var present = await ListAsync(upload, store, cancellationToken);
            gone = upload.FindGone(present.Keys.ToHashSet(StringComparer.Ordinal));
            if (gone.Count == 0 || round == MaxMaking)
            {
                return await UploadAsync(new Work(target, store, state, publication, upload, there), present, cancellationToken);
            }
        }
    }

    private IRevisionStore Open(PublishTarget target)
        => target.Folder(context.Home.UserHome) is { } folder ? new FolderStore(context.Files, folder)
            : open?.Invoke(target) ?? throw new CodexportException(
                ErrorCode.InvalidUsage, $"'{target.Target}' cannot be published to from here.", "Use the program: 'codexport master publish'.", target.Target);

    private static bool IsOwn(StoredContent there, TargetState state, PreparedPublication publication)
    {
        var hash = Sha256Hash.Of(there.Content);
        return hash == state.Last || hash == state.Pending || there.Content.AsSpan().SequenceEqual(publication.Envelope);
    }

    // The sequence of a head that this master has not put there, as far as it is this master's at all; 0 for a stranger's.
    private long TakenOver(string store, StoredContent there, bool takeOver)
    {
        using var identity = MasterIdentity.Load(context);
        Head? head = null;
        try
        {
            head = HeadCodec.Verify(there.Content, identity.PublicKey.Span, identity.Fingerprint);
        }
        catch (CodexportException error)
        {
            context.Trace?.Invoke(error.Message);
        }

        var whose = head is null ? "another master has signed its head, or it is not one"
            : $"its head has the sequence {head.Sequence}, which another copy of this master has signed, or this one before it lost what it knew of the place";
        return takeOver ? head?.Sequence ?? 0 : throw StoreErrors.Foreign(store, whose);
    }

    private static async Task<Dictionary<string, StoreEntry>> ListAsync(StoreUpload upload, IRevisionStore store, CancellationToken cancellationToken)
        => await upload.AgainAsync(
            async () =>
            {
                var present = new Dictionary<string, StoreEntry>(StringComparer.Ordinal);
                foreach (var prefix in new[] { PublicationPaths.Objects, PublicationPaths.Revisions, PublicationPaths.Epochs })
                {
                    await foreach (var entry in store.ListAsync(prefix, cancellationToken))
                    {
                        present[entry.Key] = entry;
                    }
                }

                return present;
            },
            cancellationToken);

    private static async Task<PublicationResult> UploadAsync(Work work, Dictionary<string, StoreEntry> present, CancellationToken cancellationToken)
    {
        var (target, store, state, publication, upload, there) = work;
        var lead = $"{publication.Lead.Key}-{Sha256Hash.Of(publication.Lead.Value)}";
        var isLeadThere = state.Lead == lead && present.ContainsKey(PublicationPaths.Revision(publication.Lead.Key));
        await upload.RunAsync(present.Keys.ToHashSet(StringComparer.Ordinal), isLeadThere, cancellationToken);
        state.Lead = lead;
        var isHeadThere = there is not null && there.Content.AsSpan().SequenceEqual(publication.Envelope);
        if (!isHeadThere)
        {
            await ReplaceHeadAsync(work, cancellationToken);
        }

        (state.Last, state.Pending) = (Sha256Hash.Of(publication.Envelope), null);
        state.Write();
        var uploaded = upload.Uploaded;
        var removed = await ClearAsync(work, present, cancellationToken);
        return new PublicationResult(
            target.Target, uploaded == 0 ? PublicationStatus.Current : PublicationStatus.Published, publication.Head.Revision.ToString(),
            publication.Head.Sequence, publication.Epoch.Number, publication.Epoch.Members.Count, uploaded, upload.Bytes, removed, Warnings(publication));
    }

    private static async Task ReplaceHeadAsync(Work work, CancellationToken cancellationToken)
    {
        var (_, store, state, publication, upload, there) = work;

        // Noted before it is tried: whoever is stopped in between knows its own head again.
        state.Pending = Sha256Hash.Of(publication.Envelope);
        state.Write();
        await upload.AgainAsync(
            async () =>
            {
                try
                {
                    await store.ReplaceAsync(PublicationPaths.Head, publication.Envelope, there?.Tag, cancellationToken);
                }
                catch (CodexportException error) when (error.Code == ErrorCode.PublicationConflict)
                {
                    // An attempt whose answer was lost may have come about.
                    var now = await store.TryReadAsync(PublicationPaths.Head, HeadCodec.MaxEnvelopeSize, cancellationToken);
                    if (now is null || !now.Content.AsSpan().SequenceEqual(publication.Envelope))
                    {
                        throw;
                    }
                }

                return true;
            },
            cancellationToken);
        upload.CountHead(publication.Envelope.Length);
    }

    private static async Task<int> ClearAsync(Work work, Dictionary<string, StoreEntry> present, CancellationToken cancellationToken)
    {
        var (target, store, state, publication, upload, _) = work;
        var needed = publication.Needed();
        var unneeded = present.Keys.Where(key => !needed.Contains(key)).ToList();
        if (unneeded.Count == 0 && state.Unneeded.Count == 0)
        {
            return 0;
        }

        // The store's own clock: what it says of the head that was just put there, or looked at.
        var head = await upload.AgainAsync(() => store.TryReadAsync(PublicationPaths.Head, HeadCodec.MaxEnvelopeSize, cancellationToken), cancellationToken);
        if (head is null || !head.Content.AsSpan().SequenceEqual(publication.Envelope))
        {
            return 0;
        }

        var overdue = state.Overdue(unneeded, head.Modified, target.Grace).Where(key => head.Modified - present[key].Modified >= target.Grace).ToList();
        foreach (var key in overdue)
        {
            await upload.AgainAsync(
                async () =>
                {
                    await store.DeleteAsync(key, cancellationToken);
                    return true;
                },
                cancellationToken);
            state.Unneeded.Remove(key);
        }

        state.Write();
        return overdue.Count;
    }

    private static List<string> Warnings(PreparedPublication publication)
    {
        var warnings = new List<string>();
        if (publication.WithoutKey > 0)
        {
            warnings.Add($"{publication.WithoutKey} of the followers have told no key yet and can only read from the master itself; they tell it at their next sync with it.");
        }

        return warnings;
    }

    private sealed record Work(
        PublishTarget Target, IRevisionStore Store, TargetState State, PreparedPublication Publication, StoreUpload Upload, StoredContent? There);
}
