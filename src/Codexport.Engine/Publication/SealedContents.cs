using System.Buffers.Binary;
using System.IO.Compression;
using Codexport.Engine.Content;

namespace Codexport.Engine.Publication;

/// <summary>One content in a pack.</summary>
/// <param name="Hash">Its SHA-256.</param>
/// <param name="Size">Its whole length.</param>
internal readonly record struct PackedContent(Sha256Hash Hash, long Size);

/// <summary>A pack in the store: whole contents one after the other, or one part of a content that is too large for a pack.</summary>
/// <param name="Label">Which of the epoch's keys seals it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Contents">What is in it, in order; one alone when it is a part.</param>
/// <param name="Part">Which part, from 0; 0 too for whole contents.</param>
/// <param name="Parts">Of how many; 1 for whole contents.</param>
internal sealed record PlacedPack(string Label, Sha256Hash Name, IReadOnlyList<PackedContent> Contents, int Part = 0, int Parts = 1)
{
    /// <summary>Bytes of contents in a pack, and of each part of a large one, at most.</summary>
    public const int MaxSize = 1 << 20;

    /// <summary>Bytes that it has open.</summary>
    public int OpenSize => Parts == 1 ? (int)Contents.Sum(content => content.Size)
        : (int)Math.Min(MaxSize, Contents[0].Size - ((long)Part * MaxSize));

    /// <summary>Whether its numbers are such as a pack can have.</summary>
    public bool IsSound => Parts == 1
        ? Part == 0 && Contents.Count > 0 && Contents.All(content => content.Size <= MaxSize) && Contents.Sum(content => content.Size) <= MaxSize
        : Contents.Count == 1 && Part < Parts && Parts == (Contents[0].Size + MaxSize - 1) / MaxSize;
}

/// <summary>A document whole, and where its contents lie: what a first join begins with.</summary>
/// <param name="Canonical">The document.</param>
/// <param name="Packs">The packs that hold its contents.</param>
internal sealed record Checkpoint(byte[] Canonical, IReadOnlyList<PlacedPack> Packs);

/// <summary>What leads to the document of a revision.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="CheckpointName">A checkpoint in the store.</param>
/// <param name="CheckpointRevision">The revision whose document it holds.</param>
/// <param name="Deltas">Differences from other revisions, that of the checkpoint among them unless it is the revision itself.</param>
/// <param name="Packs">Packs that are not in the checkpoint's list.</param>
internal sealed record RevisionLead(
    Sha256Hash Revision, Sha256Hash CheckpointName, Sha256Hash CheckpointRevision,
    IReadOnlyList<KeyValuePair<Sha256Hash, byte[]>> Deltas, IReadOnlyList<PlacedPack> Packs);

/// <summary>The forms of what is sealed, open.</summary>
internal static class SealedContents
{
    private const byte Format = 1;
    private const byte Plain = 0;
    private const byte Brotli = 1;

    /// <summary>Text that is sealed compresses well; what does not stays as it is.</summary>
    public static byte[] Squeeze(ReadOnlySpan<byte> content)
    {
        var squeezed = new byte[5 + BrotliEncoder.GetMaxCompressedLength(content.Length)];
        if (content.Length > 64 && BrotliEncoder.TryCompress(content, squeezed.AsSpan(5), out var written, quality: 4, window: 22) && written + 5 < content.Length)
        {
            squeezed[0] = Brotli;
            BinaryPrimitives.WriteInt32BigEndian(squeezed.AsSpan(1), content.Length);
            return squeezed[..(5 + written)];
        }

        return [Plain, .. content];
    }

    /// <summary>Takes back what <see cref="Squeeze"/> did.</summary>
    /// <exception cref="FormatException">It is something else, or longer than allowed.</exception>
    public static byte[] Unsqueeze(ReadOnlySpan<byte> content, long limit)
    {
        if (content.Length > 0 && content[0] == Plain && content.Length - 1 <= limit)
        {
            return content[1..].ToArray();
        }

        if (content.Length > 5 && content[0] == Brotli && BinaryPrimitives.ReadInt32BigEndian(content[1..]) is > 0 and var size && size <= limit)
        {
            var result = new byte[size];
            if (BrotliDecoder.TryDecompress(content[5..], result, out var written) && written == size)
            {
                return result;
            }
        }

        throw new FormatException("The sealed content is malformed or too long.");
    }

    /// <summary>Writes a checkpoint.</summary>
    public static byte[] Print(Checkpoint checkpoint)
    {
        var form = new ByteFormWriter().Byte(Format).Bytes(checkpoint.Canonical);
        PrintPacks(form, checkpoint.Packs);
        return form.Written.ToArray();
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static Checkpoint ReadCheckpoint(ReadOnlySpan<byte> bytes)
    {
        var form = new ByteFormReader(bytes);
        form.Format(Format);
        var result = new Checkpoint(form.Bytes().ToArray(), ReadPacks(ref form));
        form.End();
        return result;
    }

    /// <summary>Writes what leads to a document.</summary>
    public static byte[] Print(RevisionLead lead)
    {
        var form = new ByteFormWriter().Byte(Format).Hash(lead.Revision).Hash(lead.CheckpointName).Hash(lead.CheckpointRevision).Count(lead.Deltas.Count);
        foreach (var (known, delta) in lead.Deltas)
        {
            form.Hash(known).Bytes(delta);
        }

        PrintPacks(form, lead.Packs);
        return form.Written.ToArray();
    }

    /// <summary>Reads what leads to a document.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static RevisionLead ReadLead(ReadOnlySpan<byte> bytes)
    {
        var form = new ByteFormReader(bytes);
        form.Format(Format);
        var (revision, name, known) = (form.Hash(), form.Hash(), form.Hash());
        var deltas = new List<KeyValuePair<Sha256Hash, byte[]>>();
        for (var left = form.Count(Sha256Hash.Size + 4); left > 0; left--)
        {
            deltas.Add(new(form.Hash(), form.Bytes().ToArray()));
        }

        var result = new RevisionLead(revision, name, known, deltas, ReadPacks(ref form));
        form.End();
        return result;
    }

    /// <summary>Writes a list of packs.</summary>
    public static void PrintPacks(ByteFormWriter form, IReadOnlyList<PlacedPack> packs)
    {
        form.Count(packs.Count);
        foreach (var pack in packs)
        {
            form.Text(pack.Label).Hash(pack.Name).Count(pack.Part).Count(pack.Parts).Count(pack.Contents.Count);
            foreach (var content in pack.Contents)
            {
                form.Hash(content.Hash).Number(content.Size);
            }
        }
    }

    /// <summary>Reads a list of packs.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static List<PlacedPack> ReadPacks(ref ByteFormReader form)
    {
        var packs = new List<PlacedPack>();
        for (var left = form.Count(Sha256Hash.Size + 16); left > 0; left--)
        {
            var (label, name) = (form.Text(), form.Hash());
            var (part, parts) = (form.Small(), form.Small());
            var contents = new PackedContent[form.Count(Sha256Hash.Size + 8)];
            for (var index = 0; index < contents.Length; index++)
            {
                contents[index] = new PackedContent(form.Hash(), form.Number());
            }

            var pack = new PlacedPack(label, name, contents, part, parts);
            packs.Add(pack.IsSound ? pack : throw new FormatException("A pack has numbers that no pack has."));
        }

        return packs;
    }
}
