using Codexport.Engine.Platform;

namespace Codexport.Engine.Master;

/// <summary>The master's small files, 0600, each replaced as a whole and durably.</summary>
internal static class PrivateFile
{
    /// <summary>Reads a file of at most <paramref name="maxSize"/> bytes; null when there is none.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.LimitExceeded"/> when it is longer.</exception>
    public static byte[]? TryRead(IFileSystem files, string path, int maxSize)
    {
        if (files.TryGetEntry(path) is not { } entry)
        {
            return null;
        }

        if (entry.Size > maxSize)
        {
            throw new CodexportException(
                ErrorCode.LimitExceeded,
                $"'{path}' has {entry.Size} bytes; at most {maxSize} are read.",
                "Codexport did not write it so: bring the file back from a backup, or move it away.",
                path);
        }

        using var stream = files.OpenRead(path);
        using var buffer = new MemoryStream((int)entry.Size);
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }

    /// <summary>Writes a file that must not be there yet.</summary>
    public static void WriteNew(IFileSystem files, string path, ReadOnlySpan<byte> content) => Write(files, path, content, overwrite: false);

    /// <summary>Writes or replaces a file.</summary>
    public static void Replace(IFileSystem files, string path, ReadOnlySpan<byte> content) => Write(files, path, content, overwrite: true);

    private static void Write(IFileSystem files, string path, ReadOnlySpan<byte> content, bool overwrite)
    {
        var folder = Path.GetDirectoryName(path)!;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}.tmp");
        try
        {
            using (var stream = files.CreateNew(temporary, FilePermission.Private))
            {
                stream.Write(content);
                files.FlushToDisk(stream);
            }

            files.Move(temporary, path, overwrite);
        }
        catch
        {
            files.DeleteFile(temporary);
            throw;
        }

        files.FlushDirectory(folder);
    }
}
