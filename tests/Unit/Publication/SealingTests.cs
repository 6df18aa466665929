using System.Security.Cryptography;
using Codexport.Engine.Content;
using Codexport.Engine.Publication;

namespace Codexport.Tests.Publication;

public sealed class SealingTests
{
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(SealingKey.Size);

    [Fact]
    public void Sealed_OpensUnderItsOwnNameKindEpochAndLabelAlone()
    {
        using var key = Key(7, SealingKey.Everybody);
        var name = key.NameOf(SealedKind.Pack, "one"u8);
        var sealedContent = key.Seal(SealedKind.Pack, name, "text"u8);
        Assert.Equal("text"u8.ToArray(), key.TryOpen(SealedKind.Pack, name, sealedContent));
        Assert.Null(key.TryOpen(SealedKind.Revision, name, sealedContent));
        Assert.Null(key.TryOpen(SealedKind.Pack, key.NameOf(SealedKind.Pack, "two"u8), sealedContent));
        using var later = Key(8, SealingKey.Everybody);
        using var group = Key(7, "group:lab");
        Assert.Null(later.TryOpen(SealedKind.Pack, name, sealedContent));
        Assert.Null(group.TryOpen(SealedKind.Pack, name, sealedContent));
        for (var index = 0; index < sealedContent.Length; index++)
        {
            var changed = sealedContent.ToArray();
            changed[index] ^= 0x80;
            Assert.Null(key.TryOpen(SealedKind.Pack, name, changed));
            Assert.Null(key.TryOpen(SealedKind.Pack, name, sealedContent.AsSpan(0, index)));
        }
    }

    [Fact]
    public void Name_TellsNothingOfWhatItNames_AndIsTheSameAgain()
    {
        using var key = Key(7, SealingKey.Everybody);
        using var other = new SealingKey(7, SealingKey.Everybody, RandomNumberGenerator.GetBytes(SealingKey.Size));
        var known = Sha256Hash.Of("a file that everybody knows"u8);
        var name = key.NameOf(SealedKind.Pack, known.ToBytes());
        Assert.Equal(name, key.NameOf(SealedKind.Pack, known.ToBytes()));
        Assert.NotEqual(known, name);
        Assert.NotEqual(name, other.NameOf(SealedKind.Pack, known.ToBytes()));
        Assert.NotEqual(name, key.NameOf(SealedKind.Revision, known.ToBytes()));
    }

    [Fact]
    public void SealedTwice_IsNotTheSameTwice()
    {
        using var key = Key(7, SealingKey.Everybody);
        var name = key.NameOf(SealedKind.Revision, "one"u8);
        Assert.NotEqual(key.Seal(SealedKind.Revision, name, "text"u8), key.Seal(SealedKind.Revision, name, "text"u8));
    }

    [Fact]
    public void Key_IsShownNowhere()
    {
        using var key = Key(7, SealingKey.Everybody);
        Assert.Equal("SealingKey { epoch of 7 }", key.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(100_000)]
    public void Squeezed_IsWhatItWas_AndNoLongerThanAllowed(int length)
    {
        var content = new byte[length];
        Random.Shared.NextBytes(content.AsSpan(0, length / 2));
        var squeezed = SealedContents.Squeeze(content);
        Assert.True(squeezed.Length <= length + 1);
        Assert.Equal(content, SealedContents.Unsqueeze(squeezed, length));
        if (length > 0)
        {
            Assert.Throws<FormatException>(() => SealedContents.Unsqueeze(squeezed, length - 1));
        }
    }

    [Fact]
    public void Bomb_IsRefusedBeforeItIsOpened()
    {
        var squeezed = SealedContents.Squeeze(new byte[1 << 20]);
        Assert.True(squeezed.Length < 1000);
        Assert.Throws<FormatException>(() => SealedContents.Unsqueeze(squeezed, 1 << 10));
        squeezed[1] = 0;
        squeezed[2] = 0;
        squeezed[3] = 4;
        squeezed[4] = 0;
        Assert.Throws<FormatException>(() => SealedContents.Unsqueeze(squeezed, 1 << 20));
    }

    [Fact]
    public void Lists_ComeBackAsTheyWere_AndDamagedOnesAreRefused()
    {
        var small = new PlacedPack(SealingKey.Everybody, Sha256Hash.Of("p"u8), [new(Sha256Hash.Of("a"u8), 1), new(Sha256Hash.Of("b"u8), 0)]);
        var part = new PlacedPack("group:lab", Sha256Hash.Of("q"u8), [new(Sha256Hash.Of("c"u8), PlacedPack.MaxSize + 1L)], Part: 1, Parts: 2);
        var lead = new RevisionLead(
            Sha256Hash.Of("r"u8), Sha256Hash.Of("n"u8), Sha256Hash.Of("o"u8), [new(Sha256Hash.Of("k"u8), "delta"u8.ToArray())], [small, part]);
        var printed = SealedContents.Print(lead);
        var read = SealedContents.ReadLead(printed);
        Assert.Equal((lead.Revision, lead.CheckpointName, lead.CheckpointRevision), (read.Revision, read.CheckpointName, read.CheckpointRevision));
        Assert.Equal("delta"u8.ToArray(), Assert.Single(read.Deltas).Value);
        Assert.Equal([(1, 0, 1), (1, 1, 2)], read.Packs.Select(pack => (pack.OpenSize, pack.Part, pack.Parts)));
        for (var length = 0; length < printed.Length; length++)
        {
            Assert.Throws<FormatException>(() => SealedContents.ReadLead(printed.AsSpan(0, length)));
        }

        Assert.Throws<FormatException>(() => SealedContents.ReadLead([.. printed, 0]));
        var huge = small with { Contents = [new(Sha256Hash.Of("a"u8), PlacedPack.MaxSize + 1L)] };
        Assert.Throws<FormatException>(() => SealedContents.ReadLead(SealedContents.Print(lead with { Packs = [huge] })));
    }

    private SealingKey Key(long epoch, string label) => new(epoch, label, _secret);
}
