using Codexport.Engine.Codex;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;

namespace Codexport.Server;

/// <summary>The head in service.</summary>
/// <param name="Envelope">The signed envelope.</param>
/// <param name="Head">What it says.</param>
internal sealed record ServedHead(byte[] Envelope, Head Head)
{
    /// <summary>Sends it: one for all who ask.</summary>
    public HeadAnswer Answer { get; } = new(Envelope);
}

/// <summary>The head of the followers of a ring and group.</summary>
/// <param name="Ring">The ring; empty for the last one.</param>
/// <param name="Group">The group; empty for none.</param>
/// <param name="Served">The head.</param>
internal sealed record RingHeadInService(string Ring, string Group, ServedHead Served);

/// <summary>
/// What is published, as far as the server keeps it in memory: the head, which revisions are kept, the few documents asked for last, and
/// which contents may be had by hash. Publishing may happen in another process; <see cref="Refresh"/> finds out.
/// </summary>
internal sealed class PublishedState(EngineContext context, ServedIdentity identity)
{
    private const int CachedDocuments = 3;

    private readonly PublishedRevisions _revisions = new(context);
    private readonly FileStamp _stamp = new(context.Files, context.Time, new PublishedRevisions(context).HeadFile);
    private readonly Lock _gate = new();
    private readonly LinkedList<(Sha256Hash Revision, RevisionDocument Document)> _documents = [];
    private readonly FileStamp _ringStamp = new(context.Files, context.Time, RingBook.PathOf(context));
    private readonly Dictionary<string, ContentIndex> _contents = new(StringComparer.Ordinal);
    private HashSet<Sha256Hash> _kept = [];
    private IReadOnlyList<PublishedRevision> _publications = [];
    private IReadOnlyDictionary<string, RingHeadInService> _rings = new Dictionary<string, RingHeadInService>();
    private ServedHead? _head;
    private byte[] _rotations = [];

    /// <summary>The head in service; null when nothing is published.</summary>
    public ServedHead? Head => Volatile.Read(ref _head);

    /// <summary>The heads of rings and groups, by what they name as their ring.</summary>
    public IReadOnlyDictionary<string, RingHeadInService> Rings => Volatile.Read(ref _rings);

    /// <summary>The statements with which the master changed its key; empty when it never did.</summary>
    public byte[] Rotations => Volatile.Read(ref _rotations);

    /// <summary>The revision before the one in service, when it is kept.</summary>
    public Sha256Hash? Previous { get; private set; }

    /// <summary>Looks whether another head is in force.</summary>
    /// <returns>Whether there is another one since the last look.</returns>
    public bool Refresh()
    {
        lock (_gate)
        {
            // Both are asked: an answer that is not taken would be lost.
            var isDue = _stamp.IsDue();
            if (!_ringStamp.IsDue() && !isDue)
            {
                return false;
            }

            try
            {
                return Load();
            }
            catch
            {
                _stamp.Reset();
                _ringStamp.Reset();
                throw;
            }
        }
    }

    /// <summary>Whether a revision is in service or kept.</summary>
    public bool IsKept(Sha256Hash revision)
    {
        lock (_gate)
        {
            return _kept.Contains(revision);
        }
    }

    /// <summary>The head of the followers of a ring and group; everybody's where there is none of theirs.</summary>
    /// <param name="ring">The ring; empty for the last one.</param>
    /// <param name="group">The group; empty for none.</param>
    public ServedHead? HeadFor(string ring, string group)
        => Rings.TryGetValue(RingBook.IdOf(ring, group), out var own) ? own.Served
            : Rings.TryGetValue(RingBook.IdOf(ring, string.Empty), out var ofRing) ? ofRing.Served
            : Head;

    /// <summary>
    /// Whether the followers of a group may read a revision: one that a kept publication gives to them. What a group leaves out is as little
    /// for its followers as what another group adds.
    /// </summary>
    public bool MayRead(string group, Sha256Hash revision)
    {
        lock (_gate)
        {
            return _publications.Any(published => published.RevisionOf(group) == revision) || (group.Length == 0 && _head?.Head.Revision == revision);
        }
    }

    /// <summary>The document of a kept revision; null when it is not kept.</summary>
    public RevisionDocument? TryGetDocument(Sha256Hash revision)
    {
        lock (_gate)
        {
            if (!_kept.Contains(revision))
            {
                return null;
            }

            for (var node = _documents.First; node is not null; node = node.Next)
            {
                if (node.Value.Revision == revision)
                {
                    _documents.Remove(node);
                    _documents.AddFirst(node);
                    return node.Value.Document;
                }
            }

            // Read under the lock: many followers ask for the same one at the same moment.
            if (_revisions.ReadDocument(revision) is not { } canonical)
            {
                return null;
            }

            var document = RevisionCodec.Read(canonical);
            Add(revision, document);
            return document;
        }
    }

    /// <summary>Takes a document that this process published, so that it need not be read.</summary>
    public void Remember(Sha256Hash revision, RevisionDocument document)
    {
        lock (_gate)
        {
            if (_kept.Contains(revision) && _documents.All(item => item.Revision != revision))
            {
                Add(revision, document);
            }
        }
    }

    /// <summary>Opens a kept document's canonical bytes; null when it is not kept.</summary>
    public Stream? TryOpenDocument(Sha256Hash revision)
    {
        var path = Path.Combine(context.Home.MasterFolder, "revisions", revision + ".json");
        return IsKept(revision) && context.Files.TryGetEntry(path) is not null ? context.Files.OpenRead(path) : null;
    }

    /// <summary>Whether a revision that a group's followers may read names this content, and whether one names it as a credential file.</summary>
    public (bool IsNamed, bool IsCredential) FindContent(string group, Sha256Hash hash)
    {
        lock (_gate)
        {
            if (!_contents.TryGetValue(group, out var contents))
            {
                contents = ContentIndex.Build(_kept.Where(revision => MayRead(group, revision)).Select(_revisions.ReadDocument));
                _contents[group] = contents;
            }

            return (contents.Named.Contains(hash), contents.Credentials.Contains(hash));
        }
    }

    /// <summary>Whether a document names files that a master with open admission never serves.</summary>
    public static bool HasCredentials(RevisionDocument document) => document.Files.Any(file => CodexLayout.IsCredential(file.Path));

    private void Add(Sha256Hash revision, RevisionDocument document)
    {
        _documents.AddFirst((revision, document));
        if (_documents.Count > CachedDocuments)
        {
            _documents.RemoveLast();
        }
    }

    // A head of another key says that the master has a new one: that is put in place before its first head is.
    private Head Verify(byte[] envelope)
    {
        try
        {
            var head = HeadCodec.Verify(envelope, identity.Current.PublicKey.Span, identity.Current.Fingerprint);
            if (head.Delegation?.Sequence != identity.Current.Delegation?.Sequence)
            {
                // Another key acts for the identity from now on, or on another statement: TLS must show that one.
                identity.Reload();
            }

            return head;
        }
        catch (CodexportException error) when (error.Code == ErrorCode.FingerprintMismatch && identity.Reload())
        {
            return HeadCodec.Verify(envelope, identity.Current.PublicKey.Span, identity.Current.Fingerprint);
        }
    }

    private bool Load()
    {
        var before = _head;
        var envelope = _revisions.ReadHeadEnvelope();
        if (envelope is null)
        {
            Volatile.Write(ref _head, null);
            _kept = [];
            _publications = [];
            _contents.Clear();
            return before is not null;
        }

        var book = RingBook.Read(context);
        if (before is not null && envelope.AsSpan().SequenceEqual(before.Envelope) && AreServed(book))
        {
            return false;
        }

        var head = Verify(envelope);
        var rings = book.Heads.ToDictionary(
            item => item.Id, item => new RingHeadInService(item.Ring, item.Group, new ServedHead(item.Envelope, Verify(item.Envelope))), StringComparer.Ordinal);
        Volatile.Write(ref _rotations, _revisions.ReadRotations());
        var list = _revisions.List();
        _kept = [.. list.SelectMany(item => item.Documents), head.Revision];
        _publications = list;
        _contents.Clear();
        Volatile.Write(ref _rings, rings);
        Previous = list.Select(item => item.Revision).Where(item => item != head.Revision).Cast<Sha256Hash?>().LastOrDefault();
        for (var node = _documents.First; node is not null;)
        {
            var next = node.Next;
            if (!_kept.Contains(node.Value.Revision))
            {
                _documents.Remove(node);
            }

            node = next;
        }

        Volatile.Write(ref _head, new ServedHead(envelope, head));
        return true;
    }


    private bool AreServed(RingBook book) => book.Heads.Count == _rings.Count
        && book.Heads.All(item => _rings.TryGetValue(item.Id, out var served) && served.Served.Envelope.AsSpan().SequenceEqual(item.Envelope));
}
