using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Content;

namespace Codexport.Engine.Publication;

/// <summary>What is wrapped for one follower.</summary>
/// <param name="FollowerId">The follower.</param>
/// <param name="PublicKey">Its public key as SubjectPublicKeyInfo, by its hash.</param>
/// <param name="Wrapped">Its keys, sealed for that key.</param>
internal sealed record KeyringEntry(string FollowerId, Sha256Hash PublicKey, byte[] Wrapped)
{
    /// <summary>The labels of the keys that it holds, in order.</summary>
    public required IReadOnlyList<string> Labels { get; init; }
}

/// <summary>A part of a keyring as it lies in the store.</summary>
/// <param name="Shard">Which.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record KeyringShard(byte Shard, Sha256Hash Hash, byte[] Content);

/// <summary>
/// The keys of an epoch, wrapped for each follower that may read it. They lie in up to 256 shards, chosen by the first byte of the hash of the
/// follower's id, so that a follower of thousands reads one small file; a list of the shards' hashes is what the signed head names.
/// </summary>
internal static class Keyring
{
    /// <summary>Bytes of a shard or of the list that are read at most.</summary>
    public const int MaxSize = 4 << 20;

    /// <summary>Keys that one follower has at most.</summary>
    public const int MaxKeys = 16;

    private const byte Format = 1;

    // Of the hash of an id: enough that no two followers of a master share them.
    private const int IdSize = 16;

    private static ReadOnlySpan<byte> Purpose => "codexport keyring 1"u8;

    /// <summary>The shard in which a follower finds itself.</summary>
    public static byte ShardOf(string followerId) => IdOf(followerId)[0];

    /// <summary>Wraps keys for a follower.</summary>
    /// <param name="followerId">The follower.</param>
    /// <param name="publicKey">Its public key as SubjectPublicKeyInfo.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="keys">The keys by their labels.</param>
    /// <exception cref="CryptographicException">It is not a key.</exception>
    public static KeyringEntry Wrap(string followerId, ReadOnlySpan<byte> publicKey, long epoch, IReadOnlyList<SealingKey> keys)
    {
        var form = new ByteFormWriter().Byte((byte)keys.Count);
        foreach (var key in keys)
        {
            form.Text(key.Label).Bytes(key.Secret);
        }

        using var recipient = ECDiffieHellman.Create();
        recipient.ImportSubjectPublicKeyInfo(publicKey, out _);
        var wrapped = Hpke.Seal(recipient, Purpose, Bound(followerId, epoch), form.Written);
        return new KeyringEntry(followerId, Sha256Hash.Of(publicKey), wrapped) { Labels = [.. keys.Select(key => key.Label)] };
    }

    /// <summary>The shards that hold some entries, and the list of them.</summary>
    public static (byte[] List, IReadOnlyList<KeyringShard> Shards) Print(long epoch, IEnumerable<KeyringEntry> entries)
    {
        var shards = entries.GroupBy(entry => ShardOf(entry.FollowerId)).OrderBy(group => group.Key).Select(PrintShard).ToList();
        var list = new ByteFormWriter().Byte(Format).Number(epoch).Count(shards.Count);
        foreach (var shard in shards)
        {
            list.Byte(shard.Shard).Hash(shard.Hash);
        }

        return (list.Written.ToArray(), shards);
    }

    /// <summary>The hash of a follower's shard out of the list; null when nobody is in that shard.</summary>
    /// <exception cref="FormatException">It is not the list of that epoch.</exception>
    public static Sha256Hash? FindShard(ReadOnlySpan<byte> list, long epoch, string followerId)
    {
        var form = new ByteFormReader(list);
        form.Format(Format);
        if (form.Number() != epoch)
        {
            throw new FormatException("The list is that of another epoch.");
        }

        Sha256Hash? found = null;
        var own = ShardOf(followerId);
        for (var left = form.Count(1 + Sha256Hash.Size); left > 0; left--)
        {
            var (shard, hash) = (form.Byte(), form.Hash());
            found = shard == own ? hash : found;
        }

        form.End();
        return found;
    }

    /// <summary>A follower's keys out of its shard; null when it is not in it, or what is there is not for its key.</summary>
    /// <exception cref="FormatException">It is not a shard.</exception>
    public static IReadOnlyList<SealingKey>? TryOpen(ReadOnlySpan<byte> shard, long epoch, string followerId, ECDiffieHellman key)
    {
        var form = new ByteFormReader(shard);
        form.Format(Format);
        var own = IdOf(followerId).AsSpan(0, IdSize);
        for (var left = form.Count(IdSize + Hpke.Overhead); left > 0; left--)
        {
            var isOwn = form.Bytes().SequenceEqual(own);
            var wrapped = form.Bytes();
            if (isOwn)
            {
                return Hpke.TryOpen(key, Purpose, Bound(followerId, epoch), wrapped) is { } open ? ReadKeys(open, epoch) : null;
            }
        }

        return null;
    }

    private static List<SealingKey> ReadKeys(byte[] open, long epoch)
    {
        var form = new ByteFormReader(open);
        var keys = new List<SealingKey>();
        var count = form.Byte();
        for (var index = 0; index < count && count <= MaxKeys; index++)
        {
            var label = form.Text();
            var key = form.Bytes();
            keys.Add(key.Length == SealingKey.Size ? new SealingKey(epoch, label, key) : throw new FormatException("A key has another length."));
        }

        form.End();
        CryptographicOperations.ZeroMemory(open);
        return keys;
    }

    private static KeyringShard PrintShard(IGrouping<byte, KeyringEntry> entries)
    {
        var ordered = entries.OrderBy(entry => entry.FollowerId, StringComparer.Ordinal).ToList();
        var form = new ByteFormWriter().Byte(Format).Count(ordered.Count);
        foreach (var entry in ordered)
        {
            form.Bytes(IdOf(entry.FollowerId).AsSpan(0, IdSize)).Bytes(entry.Wrapped);
        }

        var content = form.Written.ToArray();
        return new KeyringShard(entries.Key, Sha256Hash.Of(content), content);
    }

    private static byte[] IdOf(string followerId) => SHA256.HashData(Encoding.UTF8.GetBytes(followerId));

    private static byte[] Bound(string followerId, long epoch)
        => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{epoch}\0{followerId}"));
}
