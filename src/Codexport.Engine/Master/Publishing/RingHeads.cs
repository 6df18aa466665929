using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Publishing;

/// <summary>
/// Keeps a signed head for each ring and group. Sequence numbers are common: every head that is signed anew is above all others, so that a
/// follower may be moved from one to the other. The last ring without a group has <c>head.json</c>, which followers of any version read.
/// The caller holds the build lock.
/// </summary>
internal sealed class RingHeads(EngineContext context, RolloutSettings rollout, MasterIdentity identity)
{
    private readonly HeadInForce _common = new(context);
    private readonly IReadOnlyList<string> _rings = rollout.Effective;

    /// <summary>The publications that rings have: they are kept however old they are.</summary>
    public static IReadOnlySet<long> Pinned(EngineContext context) => RingBook.ReadOrBegin(context).Places.Select(place => place.Sequence).ToHashSet();

    /// <summary>The highest sequence number of what is signed.</summary>
    public static long LastSequence(EngineContext context, MasterIdentity identity, PublicationIndex index)
    {
        var heads = RingBook.ReadOrBegin(context).Heads.Select(head => TryVerify(head, identity)?.Sequence ?? 0);
        return heads.Append(new HeadInForce(context).TryRead(identity)?.Sequence ?? 0).Append(index.Newest?.Sequence ?? 0).Max();
    }

    /// <summary>Gives rings this publication, and signs what is not signed yet.</summary>
    /// <param name="index">What is kept.</param>
    /// <param name="sequence">The publication; null to change no ring's.</param>
    /// <param name="toRings">The rings that get it.</param>
    /// <param name="change">What else changes in the book; null for nothing.</param>
    public RingBook Align(PublicationIndex index, long? sequence = null, IReadOnlyCollection<string>? toRings = null, Func<RingBook, RingBook>? change = null)
    {
        var book = RingBook.ReadOrBegin(context);
        var now = context.Time.GetUtcNow();
        var places = _rings.Select(ring => PlaceOf(book, index, ring, sequence is { } given && (toRings ?? []).Contains(ring) ? given : null, now)).ToList();
        var aligned = (change ?? (same => same))(book with { Places = places });
        var last = LastSequence(context, identity, index);
        aligned = aligned with { Heads = Sign(aligned, index, ref last) };
        if (IsOther(aligned, book))
        {
            aligned.Write(context);
        }

        AlignCommon(aligned, index, last);
        return aligned;
    }

    /// <summary>Signs all heads anew, for the same publications.</summary>
    public void Renew(PublicationIndex index)
    {
        var last = LastSequence(context, identity, index);
        var book = RingBook.ReadOrBegin(context);
        if (book.Heads.Count > 0)
        {
            (book with { Heads = [.. book.Heads.Select(head => Resign(head, ref last))] }).Write(context);
        }
    }

    /// <summary>The publication that a ring has; null when nothing is published.</summary>
    public static PublishedRevision? PublicationOf(RingBook book, PublicationIndex index, string ring)
        => book.Places.FirstOrDefault(place => place.Name == ring) is { } place && index.Find(place.Sequence) is { } published ? published : index.Newest;

    private static bool IsOther(RingBook aligned, RingBook before)
        => aligned.Stopped != before.Stopped || !aligned.Places.SequenceEqual(before.Places) || !aligned.Heads.SequenceEqual(before.Heads);

    private static Head? TryVerify(RingHead head, MasterIdentity identity)
    {
        try
        {
            return HeadCodec.Verify(head.Envelope, identity.PublicKey.Span, identity.Fingerprint);
        }
        catch (CodexportException)
        {
            // Another key's, or damaged: it is signed anew.
            return null;
        }
    }

    // The first ring has the newest at once; one that was not there before begins with what is in service.
    private RingPlace PlaceOf(RingBook book, PublicationIndex index, string ring, long? given, DateTimeOffset now)
    {
        var known = book.Places.FirstOrDefault(place => place.Name == ring);
        var inService = _common.TryRead(identity)?.Revision;
        var sequence = given
            ?? (ring == _rings[0] ? index.Newest?.Sequence
                : known is not null && index.Find(known.Sequence) is not null ? known.Sequence
                : (index.Revisions.LastOrDefault(revision => revision.Revision == inService) ?? index.Newest)?.Sequence)
            ?? 0;
        return known?.Sequence == sequence ? known : new RingPlace(ring, sequence, now);
    }

    private List<RingHead> Sign(RingBook book, PublicationIndex index, ref long last)
    {
        var groups = book.Places.SelectMany(place => index.Find(place.Sequence)?.Groups.Keys ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var heads = new List<RingHead>();
        foreach (var place in book.Places)
        {
            var ring = place.Name == _rings[^1] ? string.Empty : place.Name;
            foreach (var group in groups.Prepend(string.Empty).Where(group => ring.Length > 0 || group.Length > 0))
            {
                if (index.Find(place.Sequence) is { } published)
                {
                    heads.Add(Sign(book, ring, group, published.RevisionOf(group), ref last));
                }
            }
        }

        return heads;
    }

    private RingHead Sign(RingBook book, string ring, string group, Sha256Hash revision, ref long last)
    {
        var id = RingBook.IdOf(ring, group);
        if (book.Heads.FirstOrDefault(head => head.Id == id) is { } known && TryVerify(known, identity)?.Revision == revision)
        {
            return known;
        }

        var head = _common.Next(revision, last) with { Ring = id };
        last = head.Sequence;
        return new RingHead(id, ring, group, identity.Sign(head));
    }

    private RingHead Resign(RingHead head, ref long last)
    {
        if (TryVerify(head, identity) is not { } known)
        {
            return head;
        }

        var next = _common.Next(known.Revision, last) with { Ring = head.Id };
        last = next.Sequence;
        return head with { Envelope = identity.Sign(next) };
    }

    private void AlignCommon(RingBook book, PublicationIndex index, long last)
    {
        if (PublicationOf(book, index, _rings[^1]) is { } published && _common.TryRead(identity)?.Revision != published.Revision)
        {
            _common.Renew(published.Revision, last, identity);
        }
    }
}
