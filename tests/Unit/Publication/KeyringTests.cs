using System.Security.Cryptography;
using Codexport.Engine.Content;
using Codexport.Engine.Publication;

namespace Codexport.Tests.Publication;

public sealed class KeyringTests
{
    private const long Epoch = 12;

    [Fact]
    public void Follower_FindsItsKeysInItsShard_AndNobodyElses()
    {
        using var everybody = new SealingKey(Epoch, SealingKey.Everybody, RandomNumberGenerator.GetBytes(SealingKey.Size));
        using var group = new SealingKey(Epoch, "group:lab", RandomNumberGenerator.GetBytes(SealingKey.Size));
        var pairs = Enumerable.Range(0, 40).ToDictionary(number => $"{number:x12}", _ => ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256));
        var entries = pairs.Select((pair, number) => Keyring.Wrap(
            pair.Key, pair.Value.ExportSubjectPublicKeyInfo(), Epoch, number == 3 ? [everybody, group] : [everybody])).ToList();
        var (list, shards) = Keyring.Print(Epoch, entries);

        foreach (var (id, key) in pairs)
        {
            var hash = Keyring.FindShard(list, Epoch, id);
            var shard = Assert.Single(shards, shard => shard.Hash == hash);
            Assert.Equal(Sha256Hash.Of(shard.Content), hash);
            var keys = Keyring.TryOpen(shard.Content, Epoch, id, key)!;
            Assert.Equal(id == $"{3:x12}" ? [SealingKey.Everybody, "group:lab"] : [SealingKey.Everybody], keys.Select(found => found.Label));
            Assert.Equal(everybody.Secret, keys[0].Secret);
            Assert.Null(Keyring.TryOpen(shard.Content, Epoch, id, pairs.First(other => other.Key != id).Value));
            Assert.Null(Keyring.TryOpen(shard.Content, Epoch + 1, id, key));
        }

        Assert.Throws<FormatException>(() => Keyring.FindShard(list, Epoch + 1, pairs.Keys.First()));
        Assert.All(pairs.Values, pair => pair.Dispose());
    }

    [Fact]
    public void Entry_OfAnother_DoesNotOpenUnderOnesOwnId()
    {
        using var everybody = new SealingKey(Epoch, SealingKey.Everybody, RandomNumberGenerator.GetBytes(SealingKey.Size));
        using var own = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var stranger = Keyring.Wrap("bbbbbbbbbbbb", own.ExportSubjectPublicKeyInfo(), Epoch, [everybody]);
        var (_, shards) = Keyring.Print(Epoch, [stranger with { FollowerId = "aaaaaaaaaaaa" }]);
        Assert.Null(Keyring.TryOpen(shards[0].Content, Epoch, "aaaaaaaaaaaa", own));
    }

    [Fact]
    public void DamagedShard_IsRefused()
    {
        using var everybody = new SealingKey(Epoch, SealingKey.Everybody, RandomNumberGenerator.GetBytes(SealingKey.Size));
        using var own = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var (list, shards) = Keyring.Print(Epoch, [Keyring.Wrap("a", own.ExportSubjectPublicKeyInfo(), Epoch, [everybody])]);
        for (var length = 0; length < shards[0].Content.Length; length++)
        {
            Assert.Throws<FormatException>(() => Keyring.TryOpen(shards[0].Content.AsSpan(0, length), Epoch, "a", own));
        }

        for (var length = 0; length < list.Length; length++)
        {
            Assert.Throws<FormatException>(() => Keyring.FindShard(list.AsSpan(0, length), Epoch, "a"));
        }
    }
}
