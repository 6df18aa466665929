using System.Buffers.Binary;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Content;

/// <summary>Where a content lies in a pack.</summary>
/// <param name="Hash">Its hash.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Size">Bytes.</param>
internal sealed record PackEntry(Sha256Hash Hash, long Offset, long Size);

/// <summary>A pack: a file of contents one after the other, and beside it an index. Only a pack with an index counts.</summary>
/// <param name="Path">Absolute path of the contents' file.</param>
/// <param name="Entries">What is in it, in order.</param>
internal sealed record Pack(string Path, IReadOnlyList<PackEntry> Entries)
{
    /// <summary>Extension of the contents' file.</summary>
    public const string Extension = ".pack";

    /// <summary>Extension of what is being written.</summary>
    public const string TemporaryExtension = ".tmp";

    private const int EntrySize = Sha256Hash.Size + 16;
    private static ReadOnlySpan<byte> Magic => "CXPK0001"u8;

    /// <summary>The index beside a pack.</summary>
    public static string IndexPathOf(string pack) => System.IO.Path.ChangeExtension(pack, ".idx");

    /// <summary>The index's bytes: magic, then hash, offset and size of each entry (big endian), then the SHA-256 of all that.</summary>
    public static byte[] WriteIndex(IReadOnlyList<PackEntry> entries)
    {
        var bytes = new byte[Magic.Length + (entries.Count * EntrySize) + Sha256Hash.Size];
        Magic.CopyTo(bytes);
        var position = Magic.Length;
        foreach (var entry in entries)
        {
            entry.Hash.CopyTo(bytes.AsSpan(position));
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(position + Sha256Hash.Size), entry.Offset);
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(position + Sha256Hash.Size + 8), entry.Size);
            position += EntrySize;
        }

        Sha256Hash.Of(bytes.AsSpan(0, position)).CopyTo(bytes.AsSpan(position));
        return bytes;
    }

    /// <summary>Reads an index; null when it is damaged, which makes the pack invisible: its contents are fetched or built again.</summary>
    public static IReadOnlyList<PackEntry>? ReadIndex(ReadOnlySpan<byte> bytes)
    {
        var count = (bytes.Length - Magic.Length - Sha256Hash.Size) / EntrySize;
        if (count < 0 || bytes.Length != Magic.Length + (count * EntrySize) + Sha256Hash.Size || !bytes.StartsWith(Magic)
            || Sha256Hash.Of(bytes[..^Sha256Hash.Size]) != new Sha256Hash(bytes[^Sha256Hash.Size..]))
        {
            return null;
        }

        var entries = new PackEntry[count];
        for (var index = 0; index < count; index++)
        {
            var entry = bytes.Slice(Magic.Length + (index * EntrySize), EntrySize);
            entries[index] = new PackEntry(
                new Sha256Hash(entry[..Sha256Hash.Size]),
                BinaryPrimitives.ReadInt64BigEndian(entry[Sha256Hash.Size..]),
                BinaryPrimitives.ReadInt64BigEndian(entry[(Sha256Hash.Size + 8)..]));
        }

        return entries;
    }
}

/// <summary>All packs of a store as they were when they were read.</summary>
internal sealed class PackIndex
{
    private readonly Dictionary<Sha256Hash, (string Pack, PackEntry Entry)> _places = [];

    private PackIndex(IReadOnlyList<Pack> packs)
    {
        Packs = packs;
        foreach (var pack in packs)
        {
            foreach (var entry in pack.Entries)
            {
                _places[entry.Hash] = (pack.Path, entry);
            }
        }
    }

    /// <summary>The packs.</summary>
    public IReadOnlyList<Pack> Packs { get; }

    /// <summary>Reads every index of a folder.</summary>
    public static PackIndex Read(IFileSystem files, string folder)
    {
        var packs = new List<Pack>();
        foreach (var entry in files.Enumerate(folder))
        {
            if (entry.Kind == EntryKind.File && entry.Path.EndsWith(Pack.Extension, StringComparison.Ordinal)
                && files.TryGetEntry(Pack.IndexPathOf(entry.Path)) is { Kind: EntryKind.File } index)
            {
                using var stream = files.OpenRead(index.Path);
                var bytes = new byte[index.Size];
                if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length
                    && Pack.ReadIndex(bytes) is { } entries
                    && (entries.Count == 0 || entries[^1].Offset + entries[^1].Size <= entry.Size))
                {
                    packs.Add(new Pack(entry.Path, entries));
                }
            }
        }

        return new PackIndex(packs);
    }

    /// <summary>Where a content lies.</summary>
    public (string Pack, PackEntry Entry)? Find(Sha256Hash hash) => _places.TryGetValue(hash, out var place) ? place : null;
}
