using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Master.Identity;

/// <summary>
/// Gives the master a new key. On disk, in this order, each step durable: the new key beside the old one (<c>next.pem</c>); the old key's
/// statement at the end of the chain (<c>rotations.jsonl</c>); a head signed with the new key (<c>next-head.json</c>); the new key in the old
/// one's place; the new head in the old one's place; what lay beside is deleted. So the key in place is whole at any point. Who was stopped
/// before the statement was written leaves the old key; after it, the next run goes on. The old private key is not kept. Whoever calls holds
/// the <see cref="BuildLock"/>.
/// </summary>
internal sealed class KeyChange(EngineContext context)
{
    private readonly HeadInForce _head = new(context);
    private readonly string _nextKey = NextKeyFile(context);
    private readonly string _nextHead = Path.Combine(context.Home.MasterFolder, "next-head.json");

    /// <summary>Whether a change of keys was begun and is not finished.</summary>
    public static bool IsBegun(EngineContext context) => context.Files.TryGetEntry(NextKeyFile(context)) is not null;

    /// <summary>Finishes a change of keys that was interrupted, or takes it back.</summary>
    public static void Repair(EngineContext context)
    {
        if (IsBegun(context))
        {
            new KeyChange(context).Repair();
        }
    }

    /// <summary>Puts a new key in the place of <paramref name="old"/>.</summary>
    /// <returns>What the old key says of the new one.</returns>
    public KeyRotation Run(MasterIdentity old)
    {
        var sequence = _head.NextSequence(_head.TryRead(old)?.Sequence ?? 0);
        using var next = MasterIdentity.CreateAt(context, _nextKey);
        var statement = new KeyRotation(old.Fingerprint, next.PublicKey, sequence, _head.IssueTime());
        var chain = RotationChain.Append(_head.ReadRotations(), old.Sign(statement));
        AtomicFile.Write(context.Files, _head.RotationsFile, chain, FilePermission.Private);
        Complete(old, next, statement);
        return statement;
    }

    private static string NextKeyFile(EngineContext context) => Path.Combine(context.Home.MasterFolder, "next.pem");

    private void Repair()
    {
        using var next = TryReadNext();
        using var present = MasterIdentity.Read(context, MasterIdentity.KeyFile(context));
        if (present is null)
        {
            // Not our doing: what lies here may be the only copy of a key.
            return;
        }

        var statement = _head.NewestRotation();
        if (next is not null && statement?.NewFingerprint == next.Fingerprint
            && (present.Fingerprint == statement.OldFingerprint || present.Fingerprint == next.Fingerprint))
        {
            Complete(present.Fingerprint == statement.OldFingerprint ? present : null, next, statement);
            return;
        }

        context.Files.DeleteFile(_nextHead);
        context.Files.DeleteFile(_nextKey);
    }

    private MasterIdentity? TryReadNext()
    {
        try
        {
            return MasterIdentity.Read(context, _nextKey);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.IdentityInvalid)
        {
            context.Trace?.Invoke(error.Message);
            return null;
        }
    }

    // "old" is null when the new key is in place already.
    private void Complete(MasterIdentity? old, MasterIdentity next, KeyRotation statement)
    {
        if (old is not null)
        {
            if (_head.TryRead(old) is { } head)
            {
                var renewed = _head.Next(head.Revision, Math.Max(head.Sequence, statement.Sequence));
                AtomicFile.Write(context.Files, _nextHead, next.Sign(renewed), FilePermission.Private);
            }

            // The other copy stays until the end: it says that the head is still to come.
            next.WriteTo(context, MasterIdentity.KeyFile(context));
        }

        if (AtomicFile.TryReadAllBytes(context.Files, _nextHead, HeadCodec.MaxEnvelopeSize) is { } envelope
            && HeadCodec.SignerOf(envelope) == next.Fingerprint)
        {
            _head.Write(envelope);
        }

        context.Files.DeleteFile(_nextHead);
        context.Files.DeleteFile(_nextKey);
    }
}
