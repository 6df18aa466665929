using System.Security.Cryptography;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Publication;

namespace Codexport.Engine.Master.Stores;

/// <summary>
/// Decides what a store must hold for the revision in force: the epoch and for whom its keys are wrapped, which packs hold which contents, and
/// what leads a follower to the document. Whoever could read the epoch and may not any more ends it.
/// </summary>
internal sealed class PublicationMaker(EngineContext context)
{
    // Differences to so many revisions before, and at most so many bytes of them: a save must stay a small upload.
    private const int Differences = 8;
    private const int MaxDifferences = 192 * 1024;

    // From here on a first join would read too many small things, and everything is put in order.
    private const int MaxLaterPacks = 48;
    private const int MaxLaterDelta = 64 * 1024;

    private readonly PublishedRevisions _revisions = new(context);

    /// <summary>Makes it; a new head is signed when the epoch or its keyring is another one than the head in force names.</summary>
    /// <param name="gone">Packs that a target lacks and that cannot be made any more, because a content that nobody needs is in them and gone.</param>
    /// <param name="floor">The sequence that the head must be above, of one that another machine has signed; 0 for none.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RevisionNotFound"/> while nothing is published.</exception>
    public async Task<PreparedPublication> MakeAsync(IReadOnlySet<Sha256Hash> gone, long floor, CancellationToken cancellationToken)
    {
        MasterIdentity.Load(context).Dispose();
        using var held = await BuildLock.AcquireAsync(context, cancellationToken);
        using var identity = MasterIdentity.Load(context);
        var inForce = new HeadInForce(context);
        var head = inForce.Read(identity) ?? throw new CodexportException(
            ErrorCode.RevisionNotFound, "This master has published nothing yet.", "Run 'codexport master rebuild' to publish the first revision.");
        var canonical = _revisions.ReadDocument(head.Revision) ?? throw new CodexportException(
            ErrorCode.StateDamaged, "The document of the revision in force is missing or damaged.", "Run 'codexport master rebuild', which writes it anew.");
        var known = new FollowerRegistry(context).ListKeys();
        var epoch = KeepOrBegin(head, known);
        epoch = epoch with { Members = Wrap(epoch, known), Packs = [.. epoch.Packs.Where(pack => !gone.Contains(pack.Name))] };
        epoch = Place(epoch, head.Revision, canonical, out var checkpoint);
        var (list, shards) = Keyring.Print(epoch.Number, epoch.Members);
        epoch.Write(context);
        var keyring = Sha256Hash.Of(list);
        if (head.Epoch != epoch.Number || head.Keyring != keyring || head.Sequence <= floor)
        {
            new EpochInForce(epoch.Number, keyring).Write(context);
            head = inForce.Renew(head.Revision, Math.Max(head.Sequence, floor), identity);
        }

        using var key = epoch.KeyFor(SealingKey.Everybody);
        return new PreparedPublication
        {
            Envelope = inForce.ReadEnvelope()!,
            Head = head,
            Epoch = epoch,
            Checkpoint = new(epoch.Checkpoint!.Value, checkpoint),
            Lead = new(key.NameOf(SealedKind.Revision, head.Revision.ToBytes()), SealedContents.Print(LeadTo(epoch, head.Revision, canonical, checkpoint))),
            KeyringList = list,
            Shards = shards,
            WithoutKey = known.Count(follower => follower.PublicKey is null),
        };
    }

    private MasterEpoch KeepOrBegin(Head head, IReadOnlyList<FollowerPublicKey> known)
    {
        var present = MasterEpoch.TryRead(context);
        var ids = known.Select(follower => follower.Id).ToHashSet(StringComparer.Ordinal);
        if (present is not null && present.Members.All(member => ids.Contains(member.FollowerId)))
        {
            return present;
        }

        // Above every number before, also where this machine knows of none: followers and stores must never meet one number with two keys.
        var last = Math.Max(Math.Max(present?.Number ?? 0, head.Epoch ?? 0), EpochInForce.TryRead(context)?.Epoch ?? 0);
        return MasterEpoch.Begin(Math.Max(last + 1, context.Time.GetUtcNow().ToUnixTimeSeconds()));
    }

    private List<KeyringEntry> Wrap(MasterEpoch epoch, IReadOnlyList<FollowerPublicKey> known)
    {
        var present = epoch.Members.ToDictionary(member => member.FollowerId, StringComparer.Ordinal);
        using var everybody = epoch.KeyFor(SealingKey.Everybody);
        var entries = new List<KeyringEntry>();
        foreach (var follower in known)
        {
            if (follower.PublicKey is not { } publicKey)
            {
                continue;
            }

            // A group's key goes in here, beside that of all, once groups are published.
            SealingKey[] keys = [everybody];
            var isThere = present.TryGetValue(follower.Id, out var entry) && entry.PublicKey == Sha256Hash.Of(publicKey)
                && entry.Labels.SequenceEqual(keys.Select(key => key.Label));
            if (isThere)
            {
                entries.Add(entry!);
            }
            else if (TryWrap(follower.Id, publicKey, epoch.Number, keys) is { } wrapped)
            {
                entries.Add(wrapped);
            }
        }

        return entries;
    }

    private KeyringEntry? TryWrap(string id, byte[] publicKey, long epoch, IReadOnlyList<SealingKey> keys)
    {
        try
        {
            return Keyring.Wrap(id, publicKey, epoch, keys);
        }
        catch (CryptographicException error)
        {
            // A point that is not on the curve: one follower must not keep the others from being published to.
            context.Trace?.Invoke($"The public key of follower {id} cannot be used. {error.Message}");
            return null;
        }
    }

    private MasterEpoch Place(MasterEpoch epoch, Sha256Hash revision, byte[] canonical, out byte[] checkpoint)
    {
        var document = RevisionCodec.Read(canonical);
        using var key = epoch.KeyFor(SealingKey.Everybody);
        var contents = document.Files.DistinctBy(file => file.Hash).Select(file => new PackedContent(file.Hash, file.Size)).ToList();
        var placed = epoch.Packs.SelectMany(pack => pack.Contents).Select(content => content.Hash).ToHashSet();
        var later = PackPlan.Of(contents.Where(content => !placed.Contains(content.Hash)), key);
        if (TryReadCheckpoint(epoch, key) is { } present)
        {
            var kept = SealedContents.ReadCheckpoint(present);
            var old = kept.Packs.Select(pack => pack.Name).ToHashSet();
            var count = epoch.Packs.Count(pack => !old.Contains(pack.Name)) + later.Count;
            if (count <= MaxLaterPacks
                && RevisionCodec.WriteDelta(RevisionCodec.Read(kept.Canonical), document).Length <= Math.Max(MaxLaterDelta, canonical.Length / 4))
            {
                checkpoint = present;
                return epoch with { Packs = [.. epoch.Packs, .. later] };
            }
        }

        // Everything in order: what is left of many small packs comes together in few, and the document is there whole.
        var keep = PackPlan.WorthKeeping(epoch.Packs, contents.Select(content => content.Hash).ToHashSet());
        var held = keep.SelectMany(pack => pack.Contents).Select(content => content.Hash).ToHashSet();
        List<PlacedPack> packs = [.. keep, .. PackPlan.Of(contents.Where(content => !held.Contains(content.Hash)), key)];
        checkpoint = SealedContents.Print(new Checkpoint(canonical, packs));
        context.Files.CreateDirectory(MasterEpoch.FolderOf(context), FilePermission.Private);
        SetAside.IfNotFile(context, MasterEpoch.CheckpointFile(context));
        AtomicFile.Write(context.Files, MasterEpoch.CheckpointFile(context), checkpoint, FilePermission.Private);
        return epoch with
        {
            Packs = packs,
            Checkpoint = NameOf(key, checkpoint),
            CheckpointRevision = revision,
        };
    }

    private byte[]? TryReadCheckpoint(MasterEpoch epoch, SealingKey key)
        => epoch.Checkpoint is { } name && AtomicFile.TryReadAllBytes(context.Files, MasterEpoch.CheckpointFile(context)) is { } content
            && NameOf(key, content) == name ? content : null;

    private static Sha256Hash NameOf(SealingKey key, byte[] checkpoint) => key.NameOf(SealedKind.Checkpoint, SHA256.HashData(checkpoint));

    private RevisionLead LeadTo(MasterEpoch epoch, Sha256Hash revision, byte[] canonical, byte[] checkpoint)
    {
        var document = RevisionCodec.Read(canonical);
        var whole = SealedContents.ReadCheckpoint(checkpoint);
        var deltas = new List<KeyValuePair<Sha256Hash, byte[]>>();
        if (epoch.CheckpointRevision != revision)
        {
            deltas.Add(new(epoch.CheckpointRevision, RevisionCodec.WriteDelta(RevisionCodec.Read(whole.Canonical), document)));
        }

        var size = 0;
        foreach (var earlier in _revisions.List().Select(published => published.Revision).Where(hash => hash != revision && hash != epoch.CheckpointRevision)
            .Reverse().Take(Differences))
        {
            if (_revisions.ReadDocument(earlier) is not { } bytes)
            {
                continue;
            }

            var delta = RevisionCodec.WriteDelta(RevisionCodec.Read(bytes), document);
            if ((size += delta.Length) > MaxDifferences)
            {
                break;
            }

            deltas.Add(new(earlier, delta));
        }

        var listed = whole.Packs.Select(pack => pack.Name).ToHashSet();
        return new RevisionLead(revision, epoch.Checkpoint!.Value, epoch.CheckpointRevision, deltas, [.. epoch.Packs.Where(pack => !listed.Contains(pack.Name))]);
    }
}
