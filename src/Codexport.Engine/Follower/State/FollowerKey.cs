using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Follower.State;

/// <summary>
/// The key pair for which the master wraps the keys of what it publishes to stores, <c>state/key.pem</c>, 0600. When it is lost another one is
/// made and told to the master; until that has published again, this follower reads from the master itself.
/// </summary>
internal static class FollowerKey
{
    private const int MaxFileSize = 4096;

    /// <summary>The key; made, and written, when there is none.</summary>
    public static ECDiffieHellman Ensure(EngineContext context)
    {
        if (TryRead(context) is { } present)
        {
            return present;
        }

        var key = Make();
        Write(context, key);
        return key;
    }

    /// <summary>A new key, not written yet.</summary>
    public static ECDiffieHellman Make() => ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Writes a key, durably.</summary>
    public static void Write(EngineContext context, ECDiffieHellman key)
    {
        context.Files.CreateDirectory(context.Home.StateFolder, FilePermission.Private);
        context.Files.CreateDirectory(context.Home.MachineStateFolder, FilePermission.Private);
        SetAside.IfNotFile(context, PathOf(context));
        AtomicFile.Write(context.Files, PathOf(context), Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"), FilePermission.Private);
    }

    /// <summary>The key; null when there is none that can be used.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateUnsafe"/>.</exception>
    public static ECDiffieHellman? TryRead(EngineContext context)
    {
        StateGuard.RequireSecret(context.Files, PathOf(context));
        if (context.Files.TryGetEntry(PathOf(context)) is not { Kind: EntryKind.File, Size: <= MaxFileSize })
        {
            return null;
        }

        var pem = AtomicFile.ReadAllBytes(context.Files, PathOf(context), MaxFileSize);
        var key = ECDiffieHellman.Create();
        try
        {
            key.ImportFromPem(Encoding.ASCII.GetString(pem));
            return key.KeySize == 256 ? key : throw new CryptographicException("The key is not on curve P-256.");
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            context.Trace?.Invoke($"The key '{PathOf(context)}' is damaged; another one is made.");
            key.Dispose();
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    /// <summary>The public half as the master takes it: base64 of a SubjectPublicKeyInfo.</summary>
    public static string PublicText(ECDiffieHellman key) => Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());

    /// <summary>Forgets key and epoch, when this home follows nobody any more.</summary>
    public static void Forget(EngineContext context)
    {
        foreach (var path in new[] { PathOf(context), EpochKeys.PathOf(context) })
        {
            SetAside.IfNotFile(context, path);
            context.Files.DeleteFile(path);
        }
    }

    private static string PathOf(EngineContext context) => Path.Join(context.Home.MachineStateFolder, "key.pem");
}
