using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Master.Identity;

/// <summary>
/// The signed head that this master serves (<c>master/head.json</c>), the statements of its changed keys (<c>master/rotations.jsonl</c>), and
/// what is signed next.
/// </summary>
internal sealed class HeadInForce(EngineContext context)
{
    /// <summary>How long a head is good before followers warn.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <summary>Absolute path of the signed head.</summary>
    public string HeadFile => Path.Combine(context.Home.MasterFolder, "head.json");

    /// <summary>Absolute path of the chain of statements.</summary>
    public string RotationsFile => Path.Combine(context.Home.MasterFolder, "rotations.jsonl");

    /// <summary>Whether a head was ever signed here.</summary>
    public bool Exists => context.Files.TryGetEntry(HeadFile) is not null;

    /// <summary>The head's envelope; null when nothing is published yet.</summary>
    public byte[]? ReadEnvelope() => AtomicFile.TryReadAllBytes(context.Files, HeadFile, HeadCodec.MaxEnvelopeSize);

    /// <summary>The head, read from its envelope and checked with the identity's key; null when nothing is published yet.</summary>
    public Head? Read(MasterIdentity identity)
        => ReadEnvelope() is { } envelope ? HeadCodec.Verify(envelope, identity.PublicKey.Span, identity.Fingerprint) : null;

    /// <summary>The statements with which this master changed its key, oldest first, one a line; empty when it never did.</summary>
    public byte[] ReadRotations() => AtomicFile.TryReadAllBytes(context.Files, RotationsFile, RotationChain.MaxSize) ?? [];

    /// <summary>The sequence number of what is signed next.</summary>
    public long NextSequence(long lastSequence)
    {
        var rotated = RotationChain.Newest(ReadRotations())?.Sequence ?? 0;
        var last = Math.Max(Math.Max(lastSequence, rotated), SequenceFloor.Read(context));
        return Math.Max(last + 1, context.Time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>The time that is written into what is signed now: UTC, whole seconds.</summary>
    public DateTimeOffset IssueTime() => DateTimeOffset.FromUnixTimeSeconds(context.Time.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>The next head of a revision, not signed yet.</summary>
    public Head Next(Sha256Hash revision, long lastSequence)
    {
        var issued = IssueTime();
        return new Head(revision, NextSequence(lastSequence), issued, issued + Lifetime);
    }

    /// <summary>Signs a revision's next head and puts it in force.</summary>
    public Head Renew(Sha256Hash revision, long lastSequence, MasterIdentity identity)
    {
        var head = Next(revision, lastSequence);
        Write(identity.Sign(head));
        return head;
    }

    /// <summary>Puts a signed head in force.</summary>
    public void Write(ReadOnlySpan<byte> envelope) => AtomicFile.Write(context.Files, HeadFile, envelope, FilePermission.Private);
}
