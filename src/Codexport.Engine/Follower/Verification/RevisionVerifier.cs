using System.Globalization;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.Verification;

/// <summary>What a master is judged by.</summary>
/// <param name="Fingerprint">The pinned key's fingerprint.</param>
/// <param name="PublicKey">The pinned key as SubjectPublicKeyInfo.</param>
/// <param name="Mark">The newest head that was accepted before; null for none.</param>
/// <param name="Limits">What is not taken more of.</param>
/// <param name="Paths">What this machine's disk can hold.</param>
/// <param name="Now">The one reference time of this run, UTC.</param>
internal sealed record VerificationRules(
    string Fingerprint, byte[] PublicKey, HeadMark? Mark, Limits Limits, ReceivablePaths Paths, DateTimeOffset Now)
{
    /// <summary>
    /// Whether a head of any ring is taken: only what the master itself says over pinned TLS to this follower's credential decides its ring.
    /// What comes another way counts when it is of the ring of <see cref="Mark"/>.
    /// </summary>
    public bool IsFromMaster { get; init; }

    /// <summary>The newest statement of the identity about its keys that was accepted before, or the newest head that it signed itself; 0 for none.</summary>
    public long DelegationFloor { get; init; }
}

/// <summary>One content that a revision needs.</summary>
/// <param name="Hash">Its SHA-256.</param>
/// <param name="Size">Its length in bytes.</param>
internal sealed record NeededContent(Sha256Hash Hash, long Size);

/// <summary>A revision of which everything was verified.</summary>
/// <param name="Revision">Its hash.</param>
/// <param name="Document">The document.</param>
/// <param name="Canonical">The document's canonical bytes.</param>
internal sealed record VerifiedRevision(Sha256Hash Revision, RevisionDocument Document, ReadOnlyMemory<byte> Canonical);

/// <summary>
/// Judges what a master sent, in this order and without touching disk or network. Each step needs the one before it:
/// <list type="number">
/// <item>the head's signature is the pinned key's (<see cref="ErrorCode.HeadInvalid"/>, <see cref="ErrorCode.FingerprintMismatch"/>);</item>
/// <item>its sequence is not lower than the newest one accepted (<see cref="ErrorCode.HeadReplayed"/>), and the same sequence names the
/// same revision (<see cref="ErrorCode.HeadConflict"/>);</item>
/// <item>a head that expired is accepted with a warning: it must not stop Codex;</item>
/// <item>the document hashes to the revision that the head names (<see cref="ErrorCode.ContentMismatch"/>), then it parses;</item>
/// <item>it keeps the limits (<see cref="ErrorCode.LimitExceeded"/>);</item>
/// <item>every path may be written here (<see cref="ErrorCode.PathInvalid"/>), and one hash has one size
/// (<see cref="ErrorCode.ProtocolViolation"/>);</item>
/// <item>every content that the document names is there, and nothing else was asked for (<see cref="ErrorCode.ContentMismatch"/>).</item>
/// </list>
/// After a refusal the verifier accepts nothing more.
/// </summary>
internal sealed class RevisionVerifier(VerificationRules rules)
{
    private readonly List<string> _warnings = [];
    private Stage _stage = Stage.Head;
    private Head? _head;
    private VerifiedRevision? _revision;

    private enum Stage
    {
        Head,
        Document,
        Contents,
        Complete,
        Refused,
    }

    /// <summary>Whole sentences for the person.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The document that was taken; null before.</summary>
    public RevisionDocument? Document => _revision?.Document;

    /// <summary>Whether a document was taken and everything that it names: nothing more can be asked for in this run.</summary>
    public bool IsComplete => _stage == Stage.Complete;

    /// <summary>The newest head that was accepted before.</summary>
    public HeadMark? Mark => rules.Mark;

    /// <summary>Takes the head's envelope. Bytes that were verified before need no cryptography.</summary>
    public HeadMark AcceptHead(byte[] envelope) => Step(Stage.Head, Stage.Document, () =>
    {
        if (rules.Mark is { Envelope.Length: > 0 } known && known.Envelope.AsSpan().SequenceEqual(envelope))
        {
            _head = new Head(known.Revision, known.Sequence, default, known.Expires);
            WarnIfExpired(_head);
            return known;
        }

        _head = HeadCodec.Verify(envelope, rules.PublicKey, rules.Fingerprint, new DelegationRules(rules.Now, rules.DelegationFloor));
        CheckRing(_head);
        CheckSequence(_head);
        WarnIfExpired(_head);
        return HeadMark.Of(_head, envelope, rules.Fingerprint);
    });

    /// <summary>Takes the document, whole.</summary>
    public RevisionDocument AcceptDocument(ReadOnlyMemory<byte> canonical) => Step(Stage.Document, Stage.Contents, () =>
    {
        CheckSize(canonical.Length);
        CheckHash(canonical.Span);
        return AcceptParsed(RevisionCodec.Read(canonical), canonical);
    });

    /// <summary>Takes the difference to a document that is here and verified.</summary>
    public RevisionDocument AcceptDelta(RevisionDocument known, ReadOnlyMemory<byte> delta) => Step(Stage.Document, Stage.Contents, () =>
    {
        CheckSize(delta.Length);
        var document = RevisionCodec.ApplyDelta(known, delta);
        var canonical = RevisionCodec.Write(document);
        CheckSize(canonical.Length);
        CheckHash(canonical);
        return AcceptParsed(document, canonical);
    });

    /// <summary>The distinct contents that the document needs and <paramref name="known"/> has not, in document order: what a bundle holds.</summary>
    public static IReadOnlyList<NeededContent> NeededContents(RevisionDocument document, RevisionDocument? known)
    {
        var seen = known is null ? [] : known.Files.Select(file => file.Hash).ToHashSet();
        return [.. document.Files.Where(file => seen.Add(file.Hash)).Select(file => new NeededContent(file.Hash, file.Size))];
    }

    /// <summary>Ends the run: everything is there, or the revision is not accepted.</summary>
    /// <param name="contains">Whether a content, verified by its hash, is here.</param>
    public VerifiedRevision Complete(Func<Sha256Hash, bool> contains) => Step(Stage.Contents, Stage.Complete, () =>
    {
        var missing = _revision!.Document.Files.FirstOrDefault(file => !contains(file.Hash));
        return missing is null
            ? _revision
            : throw new CodexportException(
                ErrorCode.ContentMismatch,
                $"The master did not send the content of '{SafePath.Printable(missing.Path)}'.",
                "Nothing was changed. Sync again; if it lasts, run 'codexport master rebuild' on the master.",
                missing.Path);
    });

    private T Step<T>(Stage from, Stage to, Func<T> work)
    {
        if (_stage != from)
        {
            throw new InvalidOperationException($"The verifier is at {_stage}, not at {from}.");
        }

        _stage = Stage.Refused;
        var result = work();
        _stage = to;
        return result;
    }

    private void CheckRing(Head head)
    {
        if (!rules.IsFromMaster && head.Ring != rules.Mark?.Ring)
        {
            throw new CodexportException(
                ErrorCode.HeadInvalid,
                "The master's signed head was refused: it is for another ring or group of followers.",
                "Nothing was changed. The master itself tells which ring this follower is in; sync again when it can be reached.");
        }
    }

    private void CheckSequence(Head head)
    {
        if (rules.Mark is not { } mark)
        {
            return;
        }

        if (head.Sequence < mark.Sequence)
        {
            throw Sequence(
                ErrorCode.HeadReplayed,
                $"The master sent an older head (sequence {head.Sequence}) than one that this follower has seen (sequence {mark.Sequence}).",
                head,
                mark);
        }

        if (head.Sequence == mark.Sequence && head.Revision != mark.Revision)
        {
            throw Sequence(
                ErrorCode.HeadConflict,
                $"The master signed two different revisions with the sequence {head.Sequence}.",
                head,
                mark);
        }
    }

    private void WarnIfExpired(Head head)
    {
        if (head.Expires <= rules.Now)
        {
            _warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The master's signed head expired on {head.Expires:yyyy-MM-dd HH:mm} UTC; check that the master still serves. What is here stays in use."));
        }
    }

    private void CheckSize(long bytes)
    {
        if (bytes > rules.Limits.MaxDocumentSize)
        {
            throw Limit("bytes of a revision document", bytes, rules.Limits.MaxDocumentSize);
        }
    }

    private void CheckHash(ReadOnlySpan<byte> canonical)
    {
        var actual = RevisionCodec.RevisionOf(canonical);
        if (actual != _head!.Revision)
        {
            throw new CodexportException(
                ErrorCode.ContentMismatch,
                $"The revision document is not the one that the master signed: its hash is {actual}, the head names {_head.Revision}.",
                "Nothing was changed. Sync again; if it lasts, check the network between follower and master.")
            {
                Details = [new("expected", _head.Revision.ToString()), new("actual", actual.ToString())],
            };
        }
    }

    private RevisionDocument AcceptParsed(RevisionDocument document, ReadOnlyMemory<byte> canonical)
    {
        CheckLimits(document);
        rules.Paths.Require(document);
        _revision = new VerifiedRevision(_head!.Revision, document, canonical);
        return document;
    }

    private void CheckLimits(RevisionDocument document)
    {
        var limits = rules.Limits;
        if (document.Files.Count > limits.MaxFiles)
        {
            throw Limit("files of a revision", document.Files.Count, limits.MaxFiles);
        }

        var sizes = new Dictionary<Sha256Hash, long>(document.Files.Count);
        var total = 0L;
        foreach (var file in document.Files)
        {
            if (file.Size > limits.MaxFileSize)
            {
                throw Limit($"bytes of a file ('{SafePath.Printable(file.Path)}')", file.Size, limits.MaxFileSize);
            }

            if (!sizes.TryAdd(file.Hash, file.Size))
            {
                total -= file.Size;
                if (sizes[file.Hash] != file.Size)
                {
                    throw new CodexportException(
                        ErrorCode.ProtocolViolation,
                        $"The revision document gives the content of '{SafePath.Printable(file.Path)}' two different sizes.",
                        "Nothing was changed. Update Codexport on the master, then rebuild there.");
                }
            }

            total += file.Size;
        }

        if (total > limits.MaxBundleSize)
        {
            throw Limit("bytes of all contents of a revision", total, limits.MaxBundleSize);
        }
    }

    private static CodexportException Limit(string what, long actual, long maximum) => new(
        ErrorCode.LimitExceeded,
        string.Create(CultureInfo.InvariantCulture, $"The master's revision passes the limit of {maximum} {what}: it has {actual}."),
        "Nothing was changed. Leave parts of the setup out with [export] exclude on the master.")
    {
        Details = [new("limit", what), new("maximum", maximum.ToString(CultureInfo.InvariantCulture)), new("actual", actual.ToString(CultureInfo.InvariantCulture))],
    };

    private static CodexportException Sequence(ErrorCode code, string message, Head head, HeadMark mark) => new(
        code,
        message,
        "Nothing was changed. If the master was restored or set up anew on purpose, run 'codexport follower trust' and join again.")
    {
        Details =
        [
            new("expected", mark.Sequence.ToString(CultureInfo.InvariantCulture)),
            new("actual", head.Sequence.ToString(CultureInfo.InvariantCulture)),
        ],
    };
}
