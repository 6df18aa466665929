using Codexport.Engine.Content;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Verification;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Protocol;
using Codexport.Engine.Publication;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// Fetches a revision out of a publication: the epoch's keys out of the keyring, unless they are known; what leads to the document, which
/// mostly is a difference to one that is here; and the packs with the contents that are missing. A store can put anything there, and so can
/// another follower that can write to it, so everything is judged by the signed head alone.
/// </summary>
internal sealed class PublicationSource(FollowerSession session, IPublicationReader reader) : IRevisionSource
{
    // A checkpoint lists contents beside the document; both compress well.
    private const int MaxSealedDocument = 40 << 20;

    private IReadOnlyList<SealingKey> _keys = [];
    private bool _areKeysFresh;

    /// <inheritdoc/>
    public string Name => reader.Address.Text;

    /// <inheritdoc/>
    public long BytesReceived => reader.BytesReceived;

    /// <summary>Whether something is being fetched, or could not be.</summary>
    public bool IsAtWork { get; private set; }

    /// <inheritdoc/>
    public async Task<VerifiedRevision> FetchAsync(
        Sha256Hash revision, IEnumerable<Sha256Hash?> candidates, RevisionVerifier verifier, CancellationToken cancellationToken)
    {
        IsAtWork = true;
        var result = await FetchAllAsync(revision, candidates, verifier, cancellationToken);
        IsAtWork = false;
        return result;
    }

    private async Task<VerifiedRevision> FetchAllAsync(
        Sha256Hash revision, IEnumerable<Sha256Hash?> candidates, RevisionVerifier verifier, CancellationToken cancellationToken)
    {
        var kept = session.Shelf.TryReadCanonical(revision);
        if (kept is not null)
        {
            var document = verifier.AcceptDocument(kept);
            if (Missing(document).Count == 0)
            {
                return verifier.Complete(session.Store.Contains);
            }
        }

        var head = HeadInForce();
        var everybody = await OpenKeysAsync(head, cancellationToken);
        var lead = await ReadLeadAsync(head, everybody, revision, cancellationToken);
        Checkpoint? checkpoint = null;
        if (kept is null)
        {
            checkpoint = await AcceptDocumentAsync(everybody, lead, revision, candidates, verifier, cancellationToken);
        }

        var missing = Missing(verifier.Document!);
        if (missing.Count > 0)
        {
            var later = lead.Packs.SelectMany(pack => pack.Contents).Select(content => content.Hash).ToHashSet();
            checkpoint ??= missing.All(content => later.Contains(content.Hash)) ? null : await ReadCheckpointAsync(everybody, lead, cancellationToken);
            var packs = new PackFetcher(session, reader, _keys);
            await packs.FetchAsync(missing, [.. lead.Packs, .. checkpoint?.Packs ?? []], cancellationToken);
        }

        return verifier.Complete(session.Store.Contains);
    }

    private List<NeededContent> Missing(RevisionDocument document)
        => [.. RevisionVerifier.NeededContents(document, null).Where(content => !session.Store.Contains(content.Hash))];

    // The head that was accepted for this run, with what the mark does not note of it.
    private Head HeadInForce()
    {
        var envelope = HeadMark.TryRead(session.Context, session.Enrollment)?.Envelope;
        var head = envelope is { Length: > 0 } ? HeadCodec.Verify(envelope, session.Enrollment.PublicKey!, session.Fingerprint) : null;
        return head?.Epoch is not null ? head : throw PublicationErrors.NoKey(reader.Address, "the newest head that the master signed names no keys for it");
    }

    private async Task<SealingKey> OpenKeysAsync(Head head, CancellationToken cancellationToken)
    {
        if (EpochKeys.TryRead(session.Context, head.Epoch!.Value) is { } known)
        {
            _keys = known;
        }
        else
        {
            await ReadKeyringAsync(head, cancellationToken);
        }

        return _keys.FirstOrDefault(key => key.Label == SealingKey.Everybody)
            ?? throw PublicationErrors.NoKey(reader.Address, "its keyring holds another key for it than that of everybody");
    }

    private async Task ReadKeyringAsync(Head head, CancellationToken cancellationToken)
    {
        var epoch = head.Epoch!.Value;
        var list = await reader.TryReadAsync(PublicationPaths.Keyring(epoch, head.Keyring!.Value), Keyring.MaxSize, cancellationToken)
            ?? throw PublicationErrors.Missing(reader.Address, "The list of wrapped keys");
        if (Sha256Hash.Of(list) != head.Keyring)
        {
            throw PublicationErrors.NotSealed(reader.Address, "The list of wrapped keys");
        }

        var id = session.Enrollment.FollowerId;
        using var own = FollowerKey.Ensure(session.Context);
        try
        {
            if (Keyring.FindShard(list, epoch, id) is not { } hash)
            {
                throw PublicationErrors.NoKey(reader.Address, NotListed);
            }

            var shard = await reader.TryReadAsync(PublicationPaths.Shard(epoch, Keyring.ShardOf(id), hash), Keyring.MaxSize, cancellationToken)
                ?? throw PublicationErrors.Missing(reader.Address, "A part of the wrapped keys");
            if (Sha256Hash.Of(shard) != hash)
            {
                throw PublicationErrors.NotSealed(reader.Address, "A part of the wrapped keys");
            }

            _keys = Keyring.TryOpen(shard, epoch, id, own) ?? throw PublicationErrors.NoKey(reader.Address, NotListed);
        }
        catch (FormatException error)
        {
            throw PublicationErrors.NotSealed(reader.Address, "The list of wrapped keys", error);
        }

        _areKeysFresh = true;
        EpochKeys.Write(session.Context, epoch, _keys);
    }

    private const string NotListed = "it holds no key for this follower, which was revoked, waits for approval, or has joined since the master last published";

    private async Task<RevisionLead> ReadLeadAsync(Head head, SealingKey everybody, Sha256Hash revision, CancellationToken cancellationToken)
    {
        const string What = "What leads to the document";
        while (true)
        {
            var name = everybody.NameOf(SealedKind.Revision, revision.ToBytes());
            var content = await reader.TryReadAsync(PublicationPaths.Revision(name), MaxSealedDocument, cancellationToken);
            var open = content is null ? null : everybody.TryOpen(SealedKind.Revision, name, content);
            if (open is null && !_areKeysFresh)
            {
                // The keys that are kept here may be damaged, or the master may have begun anew with the same number.
                await ReadKeyringAsync(head, cancellationToken);
                everybody = _keys.FirstOrDefault(key => key.Label == SealingKey.Everybody) ?? everybody;
                continue;
            }

            if (open is null)
            {
                throw content is null ? PublicationErrors.Missing(reader.Address, What) : PublicationErrors.NotSealed(reader.Address, What);
            }

            var lead = Read(open, What, SealedContents.ReadLead);
            return lead.Revision == revision ? lead : throw PublicationErrors.NotSealed(reader.Address, What);
        }
    }

    private async Task<Checkpoint?> AcceptDocumentAsync(
        SealingKey everybody, RevisionLead lead, Sha256Hash revision, IEnumerable<Sha256Hash?> candidates, RevisionVerifier verifier,
        CancellationToken cancellationToken)
    {
        var deltas = lead.Deltas.DistinctBy(delta => delta.Key).ToDictionary();
        foreach (var candidate in candidates.OfType<Sha256Hash>())
        {
            if (deltas.TryGetValue(candidate, out var delta) && session.Shelf.TryRead(candidate) is { } known)
            {
                verifier.AcceptDelta(known, delta);
                return null;
            }
        }

        var checkpoint = await ReadCheckpointAsync(everybody, lead, cancellationToken);
        if (lead.CheckpointRevision == revision)
        {
            verifier.AcceptDocument(checkpoint.Canonical);
        }
        else
        {
            verifier.AcceptDelta(
                RevisionCodec.Read(checkpoint.Canonical),
                deltas.GetValueOrDefault(lead.CheckpointRevision) ?? throw PublicationErrors.NotSealed(reader.Address, "What leads to the document"));
        }

        return checkpoint;
    }

    private async Task<Checkpoint> ReadCheckpointAsync(SealingKey everybody, RevisionLead lead, CancellationToken cancellationToken)
    {
        const string What = "The document";
        var content = await reader.TryReadAsync(PublicationPaths.Revision(lead.CheckpointName), MaxSealedDocument, cancellationToken)
            ?? throw PublicationErrors.Missing(reader.Address, What);
        var open = everybody.TryOpen(SealedKind.Checkpoint, lead.CheckpointName, content) ?? throw PublicationErrors.NotSealed(reader.Address, What);
        var checkpoint = Read(open, What, SealedContents.ReadCheckpoint);
        return Sha256Hash.Of(checkpoint.Canonical) == lead.CheckpointRevision ? checkpoint : throw PublicationErrors.NotSealed(reader.Address, What);
    }

    private delegate T Reading<T>(ReadOnlySpan<byte> content);

    private T Read<T>(byte[] open, string what, Reading<T> read)
    {
        try
        {
            return read(SealedContents.Unsqueeze(open, (long)session.Services.Limits.MaxDocumentSize * 2));
        }
        catch (FormatException error)
        {
            throw PublicationErrors.NotSealed(reader.Address, what, error);
        }
    }
}
