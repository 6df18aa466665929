using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Publishing;

/// <summary>One published revision.</summary>
/// <param name="Revision">Its hash.</param>
/// <param name="Sequence">The sequence number of the head that first named it.</param>
/// <param name="PublishedAt">When, UTC.</param>
public sealed record PublishedRevision(Sha256Hash Revision, long Sequence, DateTimeOffset PublishedAt)
{
    /// <summary>A master's that has no group.</summary>
    internal static IReadOnlyDictionary<string, Sha256Hash> NoGroups { get; } = new Dictionary<string, Sha256Hash>();

    /// <summary>What each group's followers get in its place.</summary>
    public IReadOnlyDictionary<string, Sha256Hash> Groups { get; init; } = NoGroups;

    /// <summary>All its documents.</summary>
    public IEnumerable<Sha256Hash> Documents => Groups.Values.Prepend(Revision);

    /// <summary>What the followers of a group get; the common revision for none, and for one that it does not know.</summary>
    public Sha256Hash RevisionOf(string group) => Groups.TryGetValue(group, out var revision) ? revision : Revision;

    /// <summary>Whether everybody gets the same of both.</summary>
    public bool HasContentOf(PublishedRevision other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Revision == other.Revision && Groups.Count == other.Groups.Count
            && Groups.All(group => other.Groups.TryGetValue(group.Key, out var revision) && revision == group.Value);
    }
}

/// <summary>
/// What the master has published, on disk in <c>master/</c>: <c>head.json</c> (the signed envelope in force),
/// <c>revisions/HEX.json</c> (canonical documents) and <c>revisions/index.json</c> (their order, newest last, as many as are kept).
/// <c>rebuild</c> may write while another process serves: everything is replaced atomically, documents before the head that names them.
/// </summary>
public sealed class PublishedRevisions(EngineContext context)
{
    /// <summary>How long a head is good before followers warn.</summary>
    public static readonly TimeSpan HeadLifetime = HeadInForce.Lifetime;

    // Reading what 20 documents need costs more than a publication, so contents are pruned every few publications.
    private const int PruneEvery = 8;

    private readonly HeadInForce _head = new(context);

    /// <summary>What is kept; the documented limits unless a test says otherwise.</summary>
    public Limits Limits { get; init; } = Limits.Default;

    /// <summary>To whom a publication goes first.</summary>
    public RolloutSettings Rollout { get; init; } = new();

    /// <summary>Absolute path of the signed head in force.</summary>
    public string HeadFile => _head.HeadFile;

    /// <summary>Whether the next <see cref="TidyAsync"/> prunes contents.</summary>
    internal bool IsPruneDue => ReadIndex().DroppedSincePrune >= PruneEvery;

    private string RevisionsFolder => Path.Combine(context.Home.MasterFolder, "revisions");

    private string IndexFile => Path.Combine(RevisionsFolder, "index.json");

    /// <summary>The head envelope in force; null when nothing is published yet.</summary>
    public byte[]? ReadHeadEnvelope() => _head.ReadEnvelope();

    /// <summary>The head in force, read from its envelope and checked with the identity's key; null when nothing is published yet.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/> when it is not a head that this master signed.</exception>
    public Head? ReadHead(MasterIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return _head.Read(identity);
    }

    /// <summary>The same; null also when it is damaged, where it is about to be written anew.</summary>
    internal Head? TryReadHead(MasterIdentity identity) => _head.TryRead(identity);

    /// <summary>The statements with which this master changed its key, oldest first, one a line; empty when it never did.</summary>
    public byte[] ReadRotations() => _head.ReadRotations();

    /// <summary>Fails when the statements do not end at the key in force, as they do when they are whole.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>.</exception>
    internal void RequireRotations(MasterIdentity identity) => _head.RequireRotations(identity);

    /// <summary>The kept revisions, newest last.</summary>
    public IReadOnlyList<PublishedRevision> List() => ReadIndex().Revisions;

    /// <summary>The kept revisions and how long ago their contents were pruned.</summary>
    internal PublicationIndex ReadIndex() => PublicationIndex.Read(context.Files, IndexFile);

    /// <summary>The canonical bytes of a kept document; null when it is not kept.</summary>
    public byte[]? ReadDocument(Sha256Hash revision)
    {
        var path = DocumentFile(revision);
        var isReadable = context.Files.TryGetEntry(path) is { Kind: EntryKind.File } entry && entry.Size <= Limits.MaxDocumentSize;

        // One that is damaged counts as not kept: a rebuild writes it anew.
        return isReadable && AtomicFile.TryReadAllBytes(context.Files, path, Limits.MaxDocumentSize) is { } canonical
            && RevisionCodec.RevisionOf(canonical) == revision ? canonical : null;
    }

    /// <summary>A kept document; an empty one when it is not kept.</summary>
    internal RevisionDocument ReadDocumentOrEmpty(Sha256Hash revision)
        => ReadDocument(revision) is { } canonical ? RevisionCodec.Read(canonical) : new RevisionDocument([]);

    /// <summary>
    /// Writes the document and a newly signed head; what is no longer kept is left to <see cref="TidyAsync"/>. When the document is in
    /// force already, the head in force stays. Where there are rings, the first gets it, or all.
    /// </summary>
    /// <param name="document">What everybody gets.</param>
    /// <param name="identity">The key that signs.</param>
    /// <param name="groups">What each group's followers get in its place; null for no group.</param>
    /// <param name="toEverybody">Whether all rings get it at once.</param>
    /// <returns>The publication.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.LimitExceeded"/> for a document that is too large.</exception>
    internal PublishedRevision Publish(
        RevisionDocument document, MasterIdentity identity, IReadOnlyDictionary<string, RevisionDocument>? groups = null, bool toEverybody = false)
    {
        var canonical = Print(document);
        var revision = RevisionCodec.RevisionOf(canonical);
        var others = (groups ?? new Dictionary<string, RevisionDocument>()).ToDictionary(group => group.Key, group => Print(group.Value), StringComparer.Ordinal);
        var published = new PublishedRevision(revision, 0, default)
        {
            Groups = others.ToDictionary(group => group.Key, group => RevisionCodec.RevisionOf(group.Value), StringComparer.Ordinal),
        };
        var index = ReadIndex();
        var current = TryReadHead(identity);
        var rings = new RingHeads(context, Rollout, identity);
        var hasRings = Rollout.Effective.Count > 1;
        if (index.Newest is { } newest && newest.HasContentOf(published) && (hasRings || current?.Revision == revision) && published.Documents.All(item => ReadDocument(item) is not null))
        {
            rings.Align(index, toEverybody ? newest.Sequence : null, Rollout.Effective);
            return newest;
        }

        context.Files.CreateDirectory(RevisionsFolder, FilePermission.Private);
        foreach (var (hash, content) in others.Values.Prepend(canonical).Select(content => (RevisionCodec.RevisionOf(content), content)))
        {
            SetAside.IfNotFile(context, DocumentFile(hash));
            AtomicFile.Write(context.Files, DocumentFile(hash), content, FilePermission.Private);
        }

        var last = RingHeads.LastSequence(context, identity, index);
        var head = hasRings && !toEverybody ? _head.Next(revision, last) : _head.Renew(revision, last, identity);
        published = published with { Sequence = head.Sequence, PublishedAt = head.IssuedAt };
        index = index.With(published, Limits.KeptRevisions, RingHeads.Pinned(context));
        index.Write(context.Files, IndexFile);
        rings.Align(index, published.Sequence, hasRings && !toEverybody ? [Rollout.Effective[0]] : Rollout.Effective);
        return published;
    }

    /// <summary>Gives a ring the newest publication, or signs what is not signed yet.</summary>
    internal RingBook AlignRings(MasterIdentity identity, long? sequence = null, IReadOnlyCollection<string>? toRings = null, Func<RingBook, RingBook>? change = null)
        => new RingHeads(context, Rollout, identity).Align(ReadIndex(), sequence, toRings, change);

    /// <summary>Deletes the documents that are no longer kept, and every few publications their contents. Nobody else may be publishing.</summary>
    internal async Task TidyAsync(MasterIdentity identity, CancellationToken cancellationToken)
    {
        var index = ReadIndex();
        var kept = index.Revisions.SelectMany(published => published.Documents).ToHashSet();
        if (TryReadHead(identity) is { } head)
        {
            // Whoever was stopped right after writing the head has not told the index.
            kept.Add(head.Revision);
        }

        foreach (var entry in context.Files.Enumerate(RevisionsFolder).ToList())
        {
            if (Sha256Hash.TryParse(Path.GetFileNameWithoutExtension(entry.Path), out var revision) && !kept.Contains(revision))
            {
                context.Files.DeleteFile(entry.Path);
            }
        }

        if (index.DroppedSincePrune < PruneEvery)
        {
            return;
        }

        var needed = new HashSet<Sha256Hash>();
        foreach (var revision in kept)
        {
            cancellationToken.ThrowIfCancellationRequested();
            DocumentHashes.AddTo(needed, ReadDocument(revision));
        }

        await new ObjectStore(context.Files, context.Home.ObjectsFolder, context.Time, context.Trace).PruneAsync(needed, cancellationToken);
        (index with { DroppedSincePrune = 0 }).Write(context.Files, IndexFile);
    }

    /// <summary>Signs the revision in force anew, before the present head expires or gets old, with the key that is in force by then.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RevisionNotFound"/> when nothing is published.</exception>
    public async Task<Head> RenewHeadAsync(CancellationToken cancellationToken)
    {
        using var held = await BuildLock.AcquireAsync(context, cancellationToken);
        using var identity = MasterIdentity.Load(context);
        var index = ReadIndex();
        if (TryReadHead(identity) is { } current)
        {
            new RingHeads(context, Rollout, identity).Renew(index);
            return _head.Renew(current.Revision, RingHeads.LastSequence(context, identity, index), identity);
        }

        var newest = index.Newest ?? throw new CodexportException(
            ErrorCode.RevisionNotFound,
            "This master has published nothing yet.",
            "Run 'codexport master rebuild' to publish the first revision.");
        return _head.Renew(newest.Revision, newest.Sequence, identity);
    }

    /// <summary>
    /// The index, where it may be written anew: a damaged one begins again with the revision that the signed head names.
    /// </summary>
    /// <param name="identity">The key that has signed the head.</param>
    /// <param name="warning">What was damaged, as whole sentences; null when nothing was.</param>
    internal PublicationIndex ReadOrMendIndex(MasterIdentity identity, out string? warning)
    {
        try
        {
            warning = null;
            return ReadIndex();
        }
        catch (CodexportException error) when (error.Code == ErrorCode.StateDamaged)
        {
            warning = $"{error.Message} It is written anew; followers fetch the next revision whole.";
            var index = TryReadHead(identity) is { } head && ReadDocument(head.Revision) is not null
                ? new PublicationIndex([new PublishedRevision(head.Revision, head.Sequence, head.IssuedAt)], 0)
                : new PublicationIndex([], 0);
            SetAside.IfNotFile(context, IndexFile);
            index.Write(context.Files, IndexFile);
            return index;
        }
    }

    /// <summary>Signs the heads that are not in force, as after an import, when one is damaged, or when rings or groups changed.</summary>
    internal void EnsureHead(MasterIdentity identity)
    {
        if (ReadIndex() is { Newest: not null } index)
        {
            new RingHeads(context, Rollout, identity).Align(index);
        }
    }

    /// <summary>Takes in what another machine published as this master, where nothing is known here; no head comes with it.</summary>
    internal void TakeIn(PublishedRevision newest, ReadOnlySpan<byte> canonical)
    {
        if (ReadIndex().Newest is null)
        {
            context.Files.CreateDirectory(RevisionsFolder, FilePermission.Private);
            AtomicFile.Write(context.Files, DocumentFile(newest.Revision), canonical, FilePermission.Private);
            new PublicationIndex([newest], 0).Write(context.Files, IndexFile);
        }
    }

    private byte[] Print(RevisionDocument document)
    {
        var canonical = RevisionCodec.Write(document);
        return canonical.Length <= Limits.MaxDocumentSize ? canonical : throw BuildLimits.Exceeded(
            "MaxDocumentSize", $"The list of all files has {canonical.Length} bytes; it has at most {BuildLimits.Size(Limits.MaxDocumentSize)}.", target: null);
    }

    private string DocumentFile(Sha256Hash revision) => Path.Combine(RevisionsFolder, $"{revision}.json");
}
