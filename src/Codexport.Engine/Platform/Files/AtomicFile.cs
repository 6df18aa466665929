using System.Globalization;
using System.Security.Cryptography;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Platform.Files;

/// <summary>
/// The one way in which a whole file is written: beside its place under a temporary name, readable by the user alone, handed to the
/// disk, then renamed over it. Whoever reads sees the old content or the new one, also after a power loss.
/// </summary>
public static class AtomicFile
{
    /// <summary>What the temporary names of Codexport begin with.</summary>
    public const string TemporaryPrefix = ".codexport-";

    /// <summary>What they end with.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Bytes that <see cref="ReadAllBytes"/> reads at most unless told otherwise: 64 MiB.</summary>
    public const int DefaultReadLimit = 64 * 1024 * 1024;

    /// <summary>Whether a file name is one of the temporary names.</summary>
    public static bool IsTemporaryName(ReadOnlySpan<char> fileName)
        => fileName.StartsWith(TemporaryPrefix, StringComparison.Ordinal) && fileName.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    /// <summary>Replaces or makes a file. Its folder must be there.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="content">The whole content.</param>
    /// <param name="permission">Null keeps that of the present file, and is private when there is none.</param>
    public static void Write(IFileSystem files, string path, ReadOnlySpan<byte> content, FilePermission? permission = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        var temporary = TemporaryPathFor(path);
        try
        {
            using (var stream = files.CreateNew(temporary, FilePermission.Private))
            {
                stream.Write(content);
                files.FlushToDisk(stream);
            }

            Publish(files, temporary, path, permission);
        }
        catch
        {
            RemoveLeftover(files, temporary);
            throw;
        }
    }

    /// <summary>Replaces or makes a file from a stream. Its folder must be there.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="content">Read to its end, left open.</param>
    /// <param name="permission">Null keeps that of the present file, and is private when there is none.</param>
    /// <param name="cancellationToken">Stops it and leaves the old file.</param>
    public static async Task WriteAsync(
        IFileSystem files, string path, Stream content, FilePermission? permission, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(content);
        var temporary = TemporaryPathFor(path);
        try
        {
            await using (var stream = files.CreateNew(temporary, FilePermission.Private))
            {
                await content.CopyToAsync(stream, cancellationToken);
                files.FlushToDisk(stream);
            }

            Publish(files, temporary, path, permission);
        }
        catch
        {
            RemoveLeftover(files, temporary);
            throw;
        }
    }

    /// <summary>The whole content, or null when there is no such file.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.LimitExceeded"/> when it is longer than <paramref name="limit"/> bytes.</exception>
    public static byte[]? TryReadAllBytes(IFileSystem files, string path, int limit = DefaultReadLimit)
    {
        ArgumentNullException.ThrowIfNull(files);
        try
        {
            return ReadAllBytes(files, path, limit);
        }
        catch (CodexportException error) when (FileErrors.IsMissing(error))
        {
            return null;
        }
    }

    /// <summary>The whole content.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.LimitExceeded"/> when it is longer than <paramref name="limit"/> bytes.</exception>
    public static byte[] ReadAllBytes(IFileSystem files, string path, int limit = DefaultReadLimit)
    {
        ArgumentNullException.ThrowIfNull(files);
        using var stream = files.OpenRead(path);
        var length = stream.Length;
        ThrowIfLonger(path, length, limit);

        // The file may grow or shrink under the reader: what counts is what is read.
        var content = new byte[length];
        var read = stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        if (read < content.Length)
        {
            return content[..read];
        }

        var next = stream.ReadByte();
        if (next < 0)
        {
            return content;
        }

        using var longer = new MemoryStream();
        longer.Write(content);
        longer.WriteByte((byte)next);
        var buffer = new byte[81920];
        for (var count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
        {
            ThrowIfLonger(path, longer.Length + count, limit);
            longer.Write(buffer, 0, count);
        }

        return longer.ToArray();
    }

    /// <summary>A fresh temporary name in the folder of <paramref name="path"/>; it tells which process writes it, so that what a killed one left can be swept.</summary>
    internal static string TemporaryPathFor(string path)
    {
        Span<byte> random = stackalloc byte[8];
        RandomNumberGenerator.Fill(random);
        return Path.Join(
            Path.GetDirectoryName(path),
            string.Create(CultureInfo.InvariantCulture, $"{TemporaryPrefix}p{Environment.ProcessId}-{Convert.ToHexStringLower(random)}{TemporarySuffix}"));
    }

    /// <summary>The process that a temporary name tells; null when it tells none.</summary>
    internal static int? WriterOf(string fileName)
    {
        var rest = IsTemporaryName(fileName) ? fileName.AsSpan(TemporaryPrefix.Length) : [];
        return rest.StartsWith('p') && rest.IndexOf('-') is var end and > 1
            && int.TryParse(rest[1..end], NumberStyles.None, CultureInfo.InvariantCulture, out var process) && process > 0 ? process : null;
    }

    private static void Publish(IFileSystem files, string temporary, string path, FilePermission? permission)
    {
        if (permission is null && files.TryGetEntry(path) is { Kind: EntryKind.File })
        {
            files.CopyPermission(path, temporary);
        }
        else if (permission is not null and not FilePermission.Private)
        {
            files.SetPermission(temporary, permission.Value);
        }

        files.Move(temporary, path, overwrite: true);
        files.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    private static void RemoveLeftover(IFileSystem files, string temporary)
    {
        try
        {
            files.DeleteFile(temporary);
        }
        catch (CodexportException)
        {
            // The failure that brought us here is the one to report; the leftover is recognizable by its name.
        }
    }

    private static void ThrowIfLonger(string path, long length, int limit)
    {
        if (length > limit)
        {
            throw new CodexportException(
                ErrorCode.LimitExceeded,
                $"'{path}' holds {length} bytes; at most {limit} are read.",
                "Make the file smaller or move it away.",
                path);
        }
    }
}
