using Codexport.Engine.Bundles;
using Codexport.Engine.Platform;

namespace Codexport.Engine.Follower;

/// <summary>Reads whole small files.</summary>
internal static class FileReading
{
    /// <summary>All bytes of a file that is there.</summary>
    internal static byte[] ReadAll(IFileSystem files, string path)
    {
        using var stream = files.OpenRead(path);
        return ReadAll(stream);
    }

    /// <summary>All bytes of a content.</summary>
    internal static byte[] ReadAll(IContentStore contents, Sha256Hash hash)
    {
        using var stream = contents.OpenRead(hash);
        return ReadAll(stream);
    }

    /// <summary>All bytes of a file; null when nothing is there.</summary>
    internal static byte[]? TryReadAll(IFileSystem files, string path)
        => files.TryGetEntry(path) is null ? null : ReadAll(files, path);

    private static byte[] ReadAll(Stream stream)
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
