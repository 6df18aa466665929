using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Bundles;

public sealed class ObjectStoreTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "codexport-objects-" + Guid.NewGuid().ToString("N"));
    private readonly PhysicalFileSystem _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private ObjectStore NewStore() => new(_files, _folder);

    private static byte[] Content(int seed, int size)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Read(ObjectStore store, Sha256Hash hash)
    {
        using var stream = store.OpenRead(hash);
        return ReadAll(stream);
    }

    private static async Task<List<byte[]>> PackAsync(ObjectStore store, params int[] sizes)
    {
        List<byte[]> contents = [.. sizes.Select((size, index) => Content(index + sizes.Length, size))];
        await using var pack = store.CreatePack();
        foreach (var content in contents)
        {
            await pack.AppendAsync(Sha256Hash.Of(content), content.Length, new MemoryStream(content), Token);
        }

        return contents;
    }

    [Fact]
    public async Task Put_WhenReadBack_GivesTheSameBytes()
    {
        var store = NewStore();
        var small = Content(1, 100);
        var large = Content(2, 300_000);
        var hash = store.Put(small);
        await store.PutAsync(Sha256Hash.Of(large), new MemoryStream(large), Token);
        store.Flush();
        Assert.Equal(small, Read(NewStore(), hash));
        Assert.Equal(large, Read(NewStore(), Sha256Hash.Of(large)));
        Assert.Equal(store.Put(small), hash);
    }

    [Fact]
    public async Task PutAsync_WhenHashIsAnother_KeepsNothing()
    {
        var store = NewStore();
        var expected = Sha256Hash.Of("expected"u8);
        var error = await Assert.ThrowsAsync<CodexportException>(() => store.PutAsync(expected, new MemoryStream("actual"u8.ToArray()), Token));
        Assert.Equal(ErrorCode.ContentMismatch, error.Code);
        Assert.False(store.Contains(expected));
        Assert.Empty(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void OpenRead_WhenMissing_NamesHashAndRemedy()
    {
        var hash = Sha256Hash.Of("missing"u8);
        var error = Assert.Throws<CodexportException>(() => NewStore().OpenRead(hash));
        Assert.Equal(ErrorCode.StateDamaged, error.Code);
        Assert.Contains(hash.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreatePack_WhenReadByAnother_GivesEveryContent()
    {
        var store = NewStore();
        var contents = await PackAsync(store, 0, 1, 4096, 65536, 65537, 500_000);
        var other = NewStore();
        Assert.All(contents, content => Assert.Equal(content, Read(other, Sha256Hash.Of(content))));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(_folder, "packs")).Length);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200_000)]
    public async Task AppendAsync_WhenContentIsWrongOrCutOff_KeepsWhatCameBeforeAndAfter(int size)
    {
        var store = NewStore();
        var first = Content(1, 5000);
        var wrong = Content(2, size);
        var last = Content(3, 70_000);
        await using (var pack = store.CreatePack())
        {
            await pack.AppendAsync(Sha256Hash.Of(first), first.Length, new MemoryStream(first), Token);
            var mismatch = await Assert.ThrowsAsync<CodexportException>(
                () => pack.AppendAsync(Sha256Hash.Of("other"u8), wrong.Length, new MemoryStream(wrong), Token));
            Assert.Equal(ErrorCode.ContentMismatch, mismatch.Code);
            var cut = await Assert.ThrowsAsync<CodexportException>(
                () => pack.AppendAsync(Sha256Hash.Of(wrong), wrong.Length + 1, new MemoryStream(wrong), Token));
            Assert.Equal(ErrorCode.MasterUnreachable, cut.Code);
            await pack.AppendAsync(Sha256Hash.Of(last), last.Length, new MemoryStream(last), Token);
        }

        Assert.Equal(first, Read(store, Sha256Hash.Of(first)));
        Assert.Equal(last, Read(store, Sha256Hash.Of(last)));
        Assert.False(store.Contains(Sha256Hash.Of(wrong)));
        Assert.Equal(first.Length + last.Length, new FileInfo(Directory.GetFiles(Path.Combine(_folder, "packs"), "*.pack").Single()).Length);
    }

    [Fact]
    public async Task CreatePack_WhenAbandonedWithoutClosing_LosesOnlyTheOpenPack()
    {
        var store = NewStore();
        var pack = store.CreatePack();
        var rotated = Content(1, (int)ObjectPackWriter.RotateAt);
        var open = Content(2, 1000);
        await pack.AppendAsync(Sha256Hash.Of(rotated), rotated.Length, new MemoryStream(rotated), Token);
        await pack.AppendAsync(Sha256Hash.Of(open), open.Length, new MemoryStream(open), Token);
        var survivor = NewStore();
        Assert.True(survivor.Contains(Sha256Hash.Of(rotated)));
        Assert.False(survivor.Contains(Sha256Hash.Of(open)));
        await pack.DisposeAsync();
    }

    [Fact]
    public async Task PruneAsync_KeepsOnlyWhatIsNamed()
    {
        var store = NewStore();
        var contents = await PackAsync(store, 10_000, 10_000, 10_000, 10_000);
        var loose = Content(77, 10);
        store.Put(loose);
        store.Put(Content(78, 10));
        await store.PruneAsync(new HashSet<Sha256Hash> { Sha256Hash.Of(contents[2]), Sha256Hash.Of(loose) }, Token);
        var after = NewStore();
        Assert.Equal(contents[2], Read(after, Sha256Hash.Of(contents[2])));
        Assert.Equal(loose, Read(after, Sha256Hash.Of(loose)));
        Assert.False(after.Contains(Sha256Hash.Of(contents[0])));
        Assert.False(after.Contains(Sha256Hash.Of(Content(78, 10))));
        Assert.Equal(10_000, new FileInfo(Directory.GetFiles(Path.Combine(_folder, "packs"), "*.pack").Single()).Length);
    }

    [Fact]
    public async Task PurgeAsync_LeavesNoByteOfTheContentOnDisk()
    {
        var store = NewStore();
        var contents = await PackAsync(store, 50_000, 600, 50_000);
        var secret = contents[1];
        await store.PurgeAsync(Sha256Hash.Of(secret), Token);
        Assert.False(NewStore().Contains(Sha256Hash.Of(secret)));
        Assert.Equal(contents[0], Read(store, Sha256Hash.Of(contents[0])));
        Assert.Equal(contents[2], Read(store, Sha256Hash.Of(contents[2])));
        Assert.All(
            Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories),
            file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(secret)));
    }

    [Fact]
    public async Task OpenRead_WhenIndexIsDamaged_TreatsThePackAsAbsent()
    {
        var contents = await PackAsync(NewStore(), 100, 200);
        var index = Directory.GetFiles(Path.Combine(_folder, "packs"), "*.idx").Single();
        var bytes = await File.ReadAllBytesAsync(index, Token);
        bytes[20] ^= 1;
        await File.WriteAllBytesAsync(index, bytes, Token);
        Assert.False(NewStore().Contains(Sha256Hash.Of(contents[0])));
    }

    [Fact]
    public async Task OpenRead_WhenAnotherProcessRewrotePacks_FindsTheContentAgain()
    {
        var store = NewStore();
        var contents = await PackAsync(store, 1000, 2000, 3000);
        Assert.True(store.Contains(Sha256Hash.Of(contents[0])));
        await NewStore().PurgeAsync(Sha256Hash.Of(contents[2]), Token);
        Assert.Equal(contents[0], Read(store, Sha256Hash.Of(contents[0])));
    }

    [Fact]
    public async Task PackedContent_WhenSeekedAndReadInParts_StaysInsideItsBounds()
    {
        var store = NewStore();
        var contents = await PackAsync(store, 1000, 2000, 3000);
        await using var stream = store.OpenRead(Sha256Hash.Of(contents[1]));
        Assert.Equal(2000, stream.Length);
        stream.Seek(-100, SeekOrigin.End);
        var rest = new byte[500];
        Assert.Equal(100, await stream.ReadAtLeastAsync(rest, 500, throwOnEndOfStream: false, Token));
        Assert.Equal(contents[1][^100..], rest[..100]);
        stream.Position = 0;
        Assert.Equal(contents[1], ReadAll(stream));
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
