using System.Buffers;
using System.Security.Cryptography;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Apply;

/// <summary>Finds out what stands at a target, and copies contents while checking their hash.</summary>
internal static class TargetProbe
{
    private const int BufferSize = 64 * 1024;

    /// <summary>The state of a file; a folder counts as no file. A link is followed.</summary>
    public static TargetState Read(IFileSystem files, string path)
    {
        var entry = files.TryGetEntry(path);
        if (entry is null || entry.Value.Kind == EntryKind.Directory)
        {
            return TargetState.Absent;
        }

        try
        {
            return new TargetState(Hash(files, path), entry.Value.IsExecutable);
        }
        catch (CodexportException error) when (FileErrors.IsMissing(error))
        {
            return TargetState.Absent;
        }
    }

    /// <summary>Whether two states are the same where there may be no execute bit.</summary>
    public static bool Same(IFileSystem files, TargetState left, TargetState right)
        => left.Hash == right.Hash && (left.Hash is null || !files.HasExecutableBit || left.IsExecutable == right.IsExecutable);

    /// <summary>The hash of a file.</summary>
    public static Sha256Hash Hash(IFileSystem files, string path)
    {
        using var source = files.OpenRead(path);
        return Copy(source, Stream.Null, out _);
    }

    /// <summary>Copies a stream to its end and says what it held.</summary>
    public static Sha256Hash Copy(Stream source, Stream destination, out long size)
    {
        size = 0;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var count = Fill(source, buffer);
            size = count;
            if (count < buffer.Length)
            {
                // Nearly every file is this small: one write, one hash.
                destination.Write(buffer, 0, count);
                return Sha256Hash.Of(buffer.AsSpan(0, count));
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            while (count > 0)
            {
                destination.Write(buffer, 0, count);
                hash.AppendData(buffer, 0, count);
                count = source.Read(buffer, 0, buffer.Length);
                size += count;
            }

            return new Sha256Hash(hash.GetHashAndReset());
        }
        finally
        {
            // A rented buffer outlives us and may have held a secret.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static int Fill(Stream source, byte[] buffer)
    {
        var total = 0;
        int count;
        while (total < buffer.Length && (count = source.Read(buffer, total, buffer.Length - total)) > 0)
        {
            total += count;
        }

        return total;
    }
}
