using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Building;

/// <summary>One remembered file.</summary>
/// <param name="Size">Bytes of the published content.</param>
/// <param name="ModifiedTicks">The source's time; <see cref="HashCache.NeverTrust"/> where the time proves nothing.</param>
/// <param name="ChangedTicks">When the source last changed in any way; 0 where the platform does not tell.</param>
/// <param name="Source">What tells sources of one path apart; 0 for the usual one.</param>
/// <param name="IsExecutable">The published mode.</param>
/// <param name="Hash">The published content.</param>
internal readonly record struct CachedFile(long Size, long ModifiedTicks, long ChangedTicks, ulong Source, bool IsExecutable, Sha256Hash Hash);

/// <summary>
/// The last build, <c>master/scan.cache</c>: sorted paths with size, time and hash, so that what did not change is not read again. It
/// also is the list of what was published, without parsing the document. Losing it costs time and nothing else, so it is not flushed; a
/// checksum tells a torn one. Layout, little endian: magic, checksum of the rest, revision, tail hash, count, then each file.
/// </summary>
internal sealed class HashCache
{
    /// <summary>The time of a file that must be read again: written too shortly before it was read, or exported in another form.</summary>
    public const long NeverTrust = -1;

    // Made anew whenever what is judged while reading changes, so that every file is judged once more.
    private const ulong Magic = 0x3343_4E41_4353_5843;
    private const int HeaderSize = 16 + (2 * Sha256Hash.Size) + 4;
    private const int FixedSize = 8 + 8 + 8 + 8 + 1 + Sha256Hash.Size;
    private const int MaxSize = 1 << 30;

    private readonly byte[] _content;
    private int _position;

    private HashCache(byte[] content)
    {
        _content = content;
        Revision = new Sha256Hash(content.AsSpan(16, Sha256Hash.Size));
        Tail = new Sha256Hash(content.AsSpan(16 + Sha256Hash.Size, Sha256Hash.Size));
        Count = BinaryPrimitives.ReadInt32LittleEndian(content.AsSpan(HeaderSize - 4));
        _position = HeaderSize;
    }

    /// <summary>The revision that the build became.</summary>
    public Sha256Hash Revision { get; }

    /// <summary>Hash over the document's small rest (trusted hooks, platforms).</summary>
    public Sha256Hash Tail { get; }

    /// <summary>How many files follow.</summary>
    public int Count { get; }

    /// <summary>Opens the cache; null when there is none or it is damaged.</summary>
    public static HashCache? TryRead(IFileSystem files, string path)
    {
        var content = files.TryGetEntry(path) is { Kind: EntryKind.File } entry && entry.Size <= MaxSize ? AtomicFile.TryReadAllBytes(files, path, MaxSize) : null;
        return content is { Length: >= HeaderSize }
            && BinaryPrimitives.ReadUInt64LittleEndian(content) == Magic
            && BinaryPrimitives.ReadUInt64LittleEndian(content.AsSpan(8)) == Checksum(content.AsSpan(16))
            ? new HashCache(content)
            : null;
    }

    /// <summary>Opens what <see cref="Print"/> made.</summary>
    public static HashCache Open(byte[] content) => new(content);

    /// <summary>The cache's bytes.</summary>
    public static byte[] Print(Sha256Hash revision, Sha256Hash tail, ReadOnlySpan<BuiltFile> built)
    {
        var size = HeaderSize;
        foreach (ref readonly var file in built)
        {
            size += 4 + FixedSize + Encoding.UTF8.GetByteCount(file.Path);
        }

        var content = new byte[size];
        BinaryPrimitives.WriteUInt64LittleEndian(content, Magic);
        revision.CopyTo(content.AsSpan(16));
        tail.CopyTo(content.AsSpan(16 + Sha256Hash.Size));
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(HeaderSize - 4), built.Length);
        var position = HeaderSize;
        foreach (ref readonly var file in built)
        {
            position += WriteFile(content.AsSpan(position), file);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(content.AsSpan(8), Checksum(content.AsSpan(16)));
        return content;
    }

    /// <summary>Reads the next file.</summary>
    /// <param name="path">Its path in UTF-8; valid as long as the cache is.</param>
    /// <param name="file">What is remembered.</param>
    /// <returns>False at the end.</returns>
    public bool TryNext(out ReadOnlySpan<byte> path, out CachedFile file)
    {
        var rest = _content.AsSpan(_position);
        if (rest.IsEmpty)
        {
            path = default;
            file = default;
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        path = rest.Slice(4, length);
        var data = rest.Slice(4 + length, FixedSize);
        file = new CachedFile(
            BinaryPrimitives.ReadInt64LittleEndian(data),
            BinaryPrimitives.ReadInt64LittleEndian(data[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(data[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(data[24..]),
            data[32] != 0,
            new Sha256Hash(data[33..]));
        _position += 4 + length + FixedSize;
        return true;
    }

    private static int WriteFile(Span<byte> target, in BuiltFile file)
    {
        var length = Encoding.UTF8.GetBytes(file.Path, target[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(target, length);
        var data = target.Slice(4 + length, FixedSize);
        BinaryPrimitives.WriteInt64LittleEndian(data, file.Size);
        BinaryPrimitives.WriteInt64LittleEndian(data[8..], file.ModifiedTicks);
        BinaryPrimitives.WriteInt64LittleEndian(data[16..], file.ChangedTicks);
        BinaryPrimitives.WriteUInt64LittleEndian(data[24..], file.Source);
        data[32] = file.IsExecutable ? (byte)1 : (byte)0;
        file.Hash.CopyTo(data[33..]);
        return 4 + length + FixedSize;
    }

    /// <summary>Replaces the cache's file. Not flushed: losing it costs time and nothing else.</summary>
    public static void Write(IFileSystem files, string path, ReadOnlySpan<byte> content)
    {
        var temporary = AtomicFile.TemporaryPathFor(path);
        try
        {
            using (var stream = files.CreateNew(temporary, FilePermission.Private))
            {
                stream.Write(content);
            }

            files.Move(temporary, path, overwrite: true);
        }
        catch
        {
            files.DeleteFile(temporary);
            throw;
        }
    }

    // Against torn writes, not against anybody: one multiplication for each 8 bytes.
    private static ulong Checksum(ReadOnlySpan<byte> content)
    {
        const ulong Prime = 0x9E37_79B9_7F4A_7C15;
        var sum = (ulong)content.Length;
        var words = MemoryMarshal.Cast<byte, ulong>(content);
        foreach (var word in words)
        {
            sum = (sum ^ word) * Prime;
            sum ^= sum >> 29;
        }

        foreach (var value in content[(words.Length * 8)..])
        {
            sum = (sum ^ value) * Prime;
        }

        return sum;
    }
}
