using System.Security.Cryptography;

namespace Codexport.Tests.Platform;

/// <summary>One file and its damages, each content once: two kinds of damage that leave the same bytes, or change none, are one case.</summary>
/// <param name="path">The file, undamaged.</param>
public sealed class DamagedFile(string path)
{
    private readonly HashSet<string> _contents = [Fingerprint(path)];

    /// <summary>Does a damage; false when nothing comes of it that was not there already.</summary>
    public bool TryDo(string damage)
    {
        Damage.Do(damage, path);
        return damage == Damage.Unreadable || _contents.Add(Fingerprint(path));
    }

    private static string Fingerprint(string path) => Directory.Exists(path) ? "a folder"
        : new FileInfo(path).LinkTarget is { } target ? "a link to " + target
        : Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
}
