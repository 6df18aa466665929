using Codexport.Engine.Content;
using Codexport.Engine.Errors;
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
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/> when it is not a head that this master signed.</exception>
    public Head? Read(MasterIdentity identity)
    {
        if (context.Files.TryGetEntry(HeadFile) is not { } entry)
        {
            return null;
        }

        try
        {
            return entry.Kind == EntryKind.SymbolicLink
                ? throw DamagedHead(null)
                : HeadCodec.Verify(
                    AtomicFile.ReadAllBytes(context.Files, HeadFile, HeadCodec.MaxEnvelopeSize), identity.PublicKey.Span, identity.Fingerprint);
        }
        catch (CodexportException error) when (error.Code is ErrorCode.HeadInvalid or ErrorCode.FingerprintMismatch or ErrorCode.ProtocolVersion
            or ErrorCode.LimitExceeded or ErrorCode.PathBlocked or ErrorCode.DelegationRefused)
        {
            throw DamagedHead(error);
        }
    }

    /// <summary>The same; null also when it is damaged, where it is about to be written anew.</summary>
    public Head? TryRead(MasterIdentity identity)
    {
        try
        {
            return Read(identity);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.StateDamaged)
        {
            context.Trace?.Invoke($"{error.Message} It is signed anew.");
            return null;
        }
    }

    /// <summary>The newest of the statements; null when the key was never changed.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/> when they are not what this master wrote.</exception>
    public KeyRotation? NewestRotation()
    {
        if (context.Files.TryGetEntry(RotationsFile) is not { } entry)
        {
            return null;
        }

        try
        {
            return entry.Kind == EntryKind.File && entry.Size is > 0 and <= RotationChain.MaxSize
                ? RotationChain.Newest(ReadRotations()) ?? throw DamagedRotations(null)
                : throw DamagedRotations(null);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.HeadInvalid)
        {
            throw DamagedRotations(error);
        }
    }

    /// <summary>Fails when the statements do not end at the key in force, as they do when they are whole.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>.</exception>
    public void RequireRotations(MasterIdentity identity)
    {
        if (NewestRotation() is { } newest && newest.NewFingerprint != identity.Fingerprint)
        {
            throw DamagedRotations(null);
        }
    }

    private CodexportException DamagedHead(Exception? cause) => new(
        ErrorCode.StateDamaged,
        $"The master's signed head '{HeadFile}' is damaged.",
        "Run 'codexport master rebuild', which signs it anew.",
        HeadFile,
        cause);

    private CodexportException DamagedRotations(Exception? cause) => new(
        ErrorCode.StateDamaged,
        $"The master's statements of its changed keys, '{RotationsFile}', are damaged.",
        "Bring the file back from a backup. Or move it away and run 'codexport master rebuild': followers that have not followed the change yet then "
            + "need the new fingerprint ('codexport follower trust --fingerprint').",
        RotationsFile,
        cause);

    /// <summary>The statements with which this master changed its key, oldest first, one a line; empty when it never did.</summary>
    public byte[] ReadRotations() => AtomicFile.TryReadAllBytes(context.Files, RotationsFile, RotationChain.MaxSize) ?? [];

    /// <summary>The sequence number of what is signed next.</summary>
    public long NextSequence(long lastSequence)
    {
        var rotated = NewestRotation()?.Sequence ?? 0;
        var last = Math.Max(Math.Max(lastSequence, rotated), SequenceFloor.Read(context, isNeeded: lastSequence == 0));
        return Math.Max(last + 1, context.Time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>The time that is written into what is signed now: UTC, whole seconds.</summary>
    public DateTimeOffset IssueTime() => DateTimeOffset.FromUnixTimeSeconds(context.Time.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>The next head of a revision, not signed yet.</summary>
    public Head Next(Sha256Hash revision, long lastSequence)
    {
        var issued = IssueTime();
        var epoch = EpochInForce.TryRead(context);
        return new Head(revision, NextSequence(lastSequence), issued, issued + Lifetime) { Epoch = epoch?.Epoch, Keyring = epoch?.Keyring };
    }

    /// <summary>Signs a revision's next head and puts it in force.</summary>
    public Head Renew(Sha256Hash revision, long lastSequence, MasterIdentity identity)
    {
        var envelope = identity.Sign(Next(revision, lastSequence));
        Write(envelope);
        return HeadCodec.Verify(envelope, identity.PublicKey.Span, identity.Fingerprint);
    }

    /// <summary>Puts a signed head in force.</summary>
    public void Write(ReadOnlySpan<byte> envelope)
    {
        SetAside.IfNotFile(context, HeadFile);
        AtomicFile.Write(context.Files, HeadFile, envelope, FilePermission.Private);
    }
}
