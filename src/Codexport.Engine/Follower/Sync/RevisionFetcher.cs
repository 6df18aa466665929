using System.Buffers;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Verification;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// Brings a revision that the head names: its document as the difference to one that is here, then the contents that are not here yet.
/// What arrives whole and verified is kept even when the rest never comes, and the next run goes on from there.
/// </summary>
internal sealed class RevisionFetcher(FollowerSession session, IMasterConnection connection, RevisionVerifier verifier)
{
    private const int Tries = 5;
    private const string Activity = "Fetching from the master";

    // A few contents out of a large bundle are cheaper to ask for one by one.
    private const int FewContents = 8;
    private const long MuchToSkip = 256 * 1024;

    private readonly ObjectStore _store = session.Store;
    private FetchProgress _progress = new(session.Context, Activity, 0);

    /// <summary>Fetches and verifies.</summary>
    /// <param name="revision">What the verified head names.</param>
    /// <param name="candidates">Revisions whose documents and contents may be here, best first.</param>
    /// <param name="cancellationToken">Ends the work; verified contents stay.</param>
    public async Task<VerifiedRevision> FetchAsync(
        Sha256Hash revision, IEnumerable<Sha256Hash?> candidates, CancellationToken cancellationToken)
    {
        if (session.Shelf.TryReadCanonical(revision) is { } canonical)
        {
            var kept = verifier.AcceptDocument(canonical);
            await FetchContentsAsync(revision, kept, null, null, cancellationToken);
            return verifier.Complete(_store.Contains);
        }

        var (known, knownDocument) = FindBase(revision, candidates);
        var answer = await connection.GetRevisionAsync(revision, known, cancellationToken);
        session.Approved();
        var document = answer.IsDelta
            ? verifier.AcceptDelta(knownDocument!, answer.Bytes)
            : verifier.AcceptDocument(answer.Bytes);

        // A master that no longer has the base sends everything, the bundle too.
        known = answer.IsDelta ? known : null;
        await FetchContentsAsync(revision, document, known, answer.IsDelta ? knownDocument : null, cancellationToken);
        return verifier.Complete(_store.Contains);
    }

    private (Sha256Hash? Revision, RevisionDocument? Document) FindBase(Sha256Hash revision, IEnumerable<Sha256Hash?> candidates)
    {
        foreach (var candidate in candidates.OfType<Sha256Hash>().Where(hash => hash != revision))
        {
            if (session.Shelf.TryRead(candidate) is { } document)
            {
                return (candidate, document);
            }
        }

        return (null, null);
    }

    private async Task FetchContentsAsync(
        Sha256Hash revision, RevisionDocument document, Sha256Hash? known, RevisionDocument? knownDocument, CancellationToken cancellationToken)
    {
        var missing = RevisionVerifier.NeededContents(document, null).Where(content => !_store.Contains(content.Hash)).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        _progress = new FetchProgress(session.Context, Activity, missing.Sum(content => content.Size));
        _progress.RequireSpace();
        var bundle = RevisionVerifier.NeededContents(document, knownDocument);
        var inBundle = bundle.Select(content => content.Hash).ToHashSet();
        var outside = missing.Where(content => !inBundle.Contains(content.Hash)).ToList();
        if (outside.Count > FewContents)
        {
            // The base lost contents here (a pruned or damaged store): the whole bundle brings them back.
            (known, bundle, outside) = (null, RevisionVerifier.NeededContents(document, null), []);
        }

        var skipped = bundle.Sum(content => content.Size) - missing.Except(outside).Sum(content => content.Size);
        if (missing.Count <= FewContents && skipped > MuchToSkip)
        {
            outside = missing;
        }

        if (outside.Count < missing.Count)
        {
            await FetchBundleAsync(revision, known, bundle, cancellationToken);
        }

        foreach (var content in outside)
        {
            await FetchOneAsync(content, cancellationToken);
        }

        _store.Flush();
        _progress.Report(force: true);
    }

    private async Task FetchBundleAsync(
        Sha256Hash revision, Sha256Hash? known, IReadOnlyList<NeededContent> bundle, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = _progress.Done;
            try
            {
                await StreamBundleAsync(revision, known, bundle, cancellationToken);
                return;
            }
            catch (CodexportException error) when (error.IsUnreachable && attempt < Tries && _progress.Done > before)
            {
                session.Context.Trace?.Invoke($"{error.Message} Going on where it broke off.");
            }
        }
    }

    private async Task StreamBundleAsync(
        Sha256Hash revision, Sha256Hash? known, IReadOnlyList<NeededContent> bundle, CancellationToken cancellationToken)
    {
        var first = 0;
        var offset = 0L;
        for (; first < bundle.Count && _store.Contains(bundle[first].Hash); first++)
        {
            offset += bundle[first].Size;
        }

        if (first == bundle.Count)
        {
            return;
        }

        await using var stream = await connection.OpenBundleAsync(revision, known, bundle.Sum(content => content.Size), offset, cancellationToken);
        await using (var pack = _store.CreatePack())
        {
            var present = bundle.Skip(first).Where(content => _store.Contains(content.Hash)).Select(content => content.Hash).ToHashSet();
            foreach (var content in bundle.Skip(first))
            {
                if (present.Contains(content.Hash))
                {
                    await SkipAsync(stream, content.Size, cancellationToken);
                }
                else
                {
                    await pack.AppendAsync(content.Hash, content.Size, stream, cancellationToken);
                    _progress.Arrived(content.Size);
                }
            }
        }

        await RequireEndAsync(stream, cancellationToken);
    }

    private async Task FetchOneAsync(NeededContent content, CancellationToken cancellationToken)
    {
        await using var stream = await connection.OpenObjectAsync(content.Hash, content.Size, cancellationToken);
        await using (var pack = _store.CreatePack())
        {
            await pack.AppendAsync(content.Hash, content.Size, stream, cancellationToken);
        }

        await RequireEndAsync(stream, cancellationToken);
        _progress.Arrived(content.Size);
    }

    private static async Task SkipAsync(Stream stream, long size, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (size > 0)
            {
                var count = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, size)), cancellationToken);
                size -= count > 0 ? count : throw BrokenOff();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // All known sizes have been read: one byte more is a bomb, or contents that nobody asked for.
    private static async Task RequireEndAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (await stream.ReadAsync(new byte[1], cancellationToken) != 0)
        {
            throw new CodexportException(
                ErrorCode.ProtocolViolation,
                "The master sent more contents than its revision document names.",
                "Nothing was changed. Update Codexport on both sides; if it lasts, look into the master's log.");
        }
    }

    private static CodexportException BrokenOff() => new(
        ErrorCode.MasterUnreachable, "The transfer broke off.", "Sync again: what arrived whole is kept.");
}
