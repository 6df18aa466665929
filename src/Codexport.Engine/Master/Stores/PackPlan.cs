using Codexport.Engine.Content;
using Codexport.Engine.Publication;

namespace Codexport.Engine.Master.Stores;

/// <summary>Puts contents into packs: small ones together in the order of the document, a large one into parts of its own.</summary>
internal static class PackPlan
{
    /// <summary>Packs of which fewer bytes are still wanted, or that are as small as this, are not kept when everything is put in order.</summary>
    private const int SmallPack = 256 * 1024;

    /// <summary>The packs for some contents.</summary>
    /// <param name="contents">Distinct contents, in the order in which a first join reads them.</param>
    /// <param name="key">The key that seals them.</param>
    public static List<PlacedPack> Of(IEnumerable<PackedContent> contents, SealingKey key)
    {
        var packs = new List<PlacedPack>();
        var open = new List<PackedContent>();
        var size = 0L;
        foreach (var content in contents)
        {
            if (content.Size > PlacedPack.MaxSize)
            {
                packs.AddRange(PartsOf(content, key));
                continue;
            }

            if (size + content.Size > PlacedPack.MaxSize)
            {
                Close();
            }

            open.Add(content);
            size += content.Size;
        }

        Close();
        return packs;

        void Close()
        {
            if (open.Count > 0)
            {
                packs.Add(new PlacedPack(key.Label, NameOf(key, open, 0), [.. open]));
                open.Clear();
                size = 0;
            }
        }
    }

    /// <summary>Which packs stay when everything is put in order: large ones that are mostly still wanted.</summary>
    public static List<PlacedPack> WorthKeeping(IEnumerable<PlacedPack> packs, IReadOnlySet<Sha256Hash> wanted) =>
    [
        .. packs.Where(pack => pack.Parts > 1
            ? wanted.Contains(pack.Contents[0].Hash)
            : pack.OpenSize >= SmallPack && 2 * pack.Contents.Where(content => wanted.Contains(content.Hash)).Sum(content => content.Size) >= pack.OpenSize),
    ];

    private static IEnumerable<PlacedPack> PartsOf(PackedContent content, SealingKey key)
    {
        var parts = (int)((content.Size + PlacedPack.MaxSize - 1) / PlacedPack.MaxSize);
        for (var part = 0; part < parts; part++)
        {
            yield return new PlacedPack(key.Label, NameOf(key, [content], part + 1), [content], part, parts);
        }
    }

    // The same contents have the same name, so that what a broken-off publication left is found again.
    private static Sha256Hash NameOf(SealingKey key, IReadOnlyList<PackedContent> contents, int part)
    {
        var form = new ByteFormWriter().Count(part);
        foreach (var content in contents)
        {
            form.Hash(content.Hash);
        }

        return key.NameOf(SealedKind.Pack, form.Written);
    }
}
