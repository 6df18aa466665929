using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Follower.State;

/// <summary>
/// By what a master knows this machine again when it joins anew, also after it left or lost its credential: <c>state/machine</c>, 256 random
/// bits, 0600. It lets nobody in; it only keeps the master's book from listing one machine twice, and one that was shut out from coming back
/// under another name. A master learns what is derived from it for that master alone.
/// </summary>
internal static class MachineSecret
{
    private const int Size = 32;
    private const int MaxFileSize = 128;

    /// <summary>Reads it or makes it, and writes it: whoever joins must be able to write here, and learns it before anybody is asked.</summary>
    public static byte[] Ensure(EngineContext context)
    {
        var path = PathOf(context);
        context.Files.CreateDirectory(context.Home.StateFolder, FilePermission.Private);
        context.Files.CreateDirectory(context.Home.MachineStateFolder, FilePermission.Private);
        var secret = TryRead(context, path) ?? RandomNumberGenerator.GetBytes(Size);
        SetAside.IfNotFile(context, path);
        AtomicFile.Write(context.Files, path, Encoding.ASCII.GetBytes(Base64Url.EncodeToString(secret) + "\n"), FilePermission.Private);
        return secret;
    }

    /// <summary>What one master is told.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="fingerprint">That master's fingerprint.</param>
    public static string For(byte[] secret, string fingerprint)
        => Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes("codexport machine " + fingerprint)));

    /// <summary>Forgets it, when no master's book has this machine any more.</summary>
    public static void Forget(EngineContext context)
    {
        SetAside.IfNotFile(context, PathOf(context));
        context.Files.DeleteFile(PathOf(context));
    }

    private static string PathOf(EngineContext context) => Path.Join(context.Home.MachineStateFolder, "machine");

    private static byte[]? TryRead(EngineContext context, string path)
    {
        if (context.Files.TryGetEntry(path) is not { Kind: EntryKind.File, Size: <= MaxFileSize })
        {
            return null;
        }

        var text = Encoding.ASCII.GetString(AtomicFile.ReadAllBytes(context.Files, path, MaxFileSize)).TrimEnd('\n');
        return Base64Url.IsValid(text, out var length) && length == Size ? Base64Url.DecodeFromChars(text) : null;
    }
}
