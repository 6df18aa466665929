using System.Security.Cryptography;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Master.Identity;

/// <summary>
/// The key that acts for the identity on this machine, <c>master/online.pem</c>, and the identity's statement about it,
/// <c>master/delegation.json</c>. The statement is written last and taken away first: it decides.
/// </summary>
internal static class IdentityDelegationFiles
{
    /// <summary>The key in use with its statement; null when the identity's own key is in use.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.IdentityInvalid"/> when one of the two is missing, or they do not belong together.</exception>
    public static MasterIdentity? TryRead(EngineContext context)
    {
        var path = StatementFile(context);
        if (context.Files.TryGetEntry(path) is not { } entry)
        {
            return null;
        }

        try
        {
            var delegation = entry.Kind == EntryKind.File
                ? KeyDelegationCodec.Read(AtomicFile.ReadAllBytes(context.Files, path, KeyDelegationCodec.MaxSize))
                : throw Damaged(path, null);
            var online = MasterIdentity.Read(context, KeyFile(context)) ?? throw Damaged(path, null);
            return online.KeyFingerprint == delegation.KeyFingerprint ? online.ActingOn(delegation) : throw Damaged(path, null);
        }
        catch (CodexportException error) when (error.Code is ErrorCode.HeadInvalid or ErrorCode.LimitExceeded)
        {
            throw Damaged(path, error);
        }
    }

    /// <summary>The key that is to act for the identity; made, and written, when there is none.</summary>
    public static MasterIdentity Ensure(EngineContext context) => MasterIdentity.Read(context, KeyFile(context)) ?? MasterIdentity.CreateAt(context, KeyFile(context));

    /// <summary>Puts a statement in force.</summary>
    public static void Write(EngineContext context, KeyDelegation delegation)
    {
        SetAside.IfNotFile(context, StatementFile(context));
        AtomicFile.Write(context.Files, StatementFile(context), delegation.Envelope.Span, FilePermission.Private);
    }

    /// <summary>Takes key and statement away.</summary>
    public static void Delete(EngineContext context)
    {
        context.Files.DeleteFile(StatementFile(context));
        Overwrite(context, KeyFile(context));
    }

    /// <summary>Overwrites a key and deletes it. No file system promises that its blocks are gone.</summary>
    public static void Overwrite(EngineContext context, string path)
    {
        if (context.Files.TryGetEntry(path) is { Kind: EntryKind.File } entry)
        {
            AtomicFile.Write(context.Files, path, RandomNumberGenerator.GetBytes((int)Math.Min(entry.Size, 4096)), FilePermission.Private);
        }

        context.Files.DeleteFile(path);
    }

    private static string StatementFile(EngineContext context) => Path.Combine(context.Home.MasterFolder, "delegation.json");

    private static string KeyFile(EngineContext context) => Path.Combine(context.Home.MasterFolder, "online.pem");

    private static CodexportException Damaged(string path, Exception? inner) => new(
        ErrorCode.IdentityInvalid,
        $"The statement about the key that acts for this master, '{path}', is damaged, or its key is missing.",
        "Renew it with 'codexport master identity delegate --identity FILE'.",
        path,
        inner);
}
