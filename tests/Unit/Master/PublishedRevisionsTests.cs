using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Protocol;

namespace Codexport.Tests.Master;

public sealed class PublishedRevisionsTests
{
    [Fact]
    public async Task Publish_NumbersHeadsByTime_AndNeverBackwards()
    {
        using var home = new MasterHome();
        using var identity = MasterIdentity.Create(home.Context);
        var revisions = home.Revisions;
        Assert.Null(revisions.ReadHead(identity));
        Assert.Empty(revisions.List());
        home.Clock.Ahead = TimeSpan.FromDays(1);
        var first = await revisions.PublishAsync(Document("a"), identity, TestContext.Current.CancellationToken);
        Assert.InRange(first.Sequence, home.Clock.GetUtcNow().AddMinutes(-1).ToUnixTimeMilliseconds(), home.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        Assert.Equal(TimeSpan.FromDays(30), first.Expires - first.IssuedAt);

        home.Clock.Ahead = TimeSpan.Zero;
        Assert.Equal(first, await revisions.PublishAsync(Document("a"), identity, TestContext.Current.CancellationToken));
        var second = await revisions.PublishAsync(Document("b"), identity, TestContext.Current.CancellationToken);
        Assert.Equal(first.Sequence + 1, second.Sequence);
        Assert.Equal(second, revisions.ReadHead(identity));
        var renewed = await revisions.RenewHeadAsync(TestContext.Current.CancellationToken);
        Assert.Equal((second.Revision, second.Sequence + 1), (renewed.Revision, renewed.Sequence));
        Assert.Equal(2, revisions.List().Count);
    }

    [Fact]
    public async Task Publish_KeepsAsManyAsTheLimit_AndPrunesContents()
    {
        using var home = new MasterHome();
        using var identity = MasterIdentity.Create(home.Context);
        var revisions = new PublishedRevisions(home.Context) { Limits = new Limits { KeptRevisions = 3 } };
        var store = new ObjectStore(home.Context.Files, home.Context.Home.ObjectsFolder);
        var hashes = new List<Sha256Hash>();
        foreach (var index in Enumerable.Range(0, 12))
        {
            hashes.Add(store.Put(new[] { (byte)index }));
            await revisions.PublishAsync(Document($"f{index}", hashes[^1]), identity, TestContext.Current.CancellationToken);
        }

        var kept = revisions.List();
        Assert.Equal(3, kept.Count);
        Assert.All(kept, published => Assert.NotNull(revisions.ReadDocument(published.Revision)));
        Assert.Equal(4, Directory.GetFiles(Path.Combine(home.Context.Home.MasterFolder, "revisions")).Length);
        var fresh = new ObjectStore(home.Context.Files, home.Context.Home.ObjectsFolder);
        Assert.All(hashes.TakeLast(3), hash => Assert.True(fresh.Contains(hash)));
        Assert.All(hashes.Take(8), hash => Assert.False(fresh.Contains(hash)));
    }

    [Fact]
    public async Task Publish_WhenARevisionComesBack_IsTheNewest()
    {
        using var home = new MasterHome();
        using var identity = MasterIdentity.Create(home.Context);
        foreach (var name in new[] { "a", "b", "a" })
        {
            await home.Revisions.PublishAsync(Document(name), identity, TestContext.Current.CancellationToken);
        }

        var list = home.Revisions.List();
        Assert.Equal(2, list.Count);
        Assert.Equal(RevisionCodec.RevisionOf(RevisionCodec.Write(Document("a"))), list[^1].Revision);
        Assert.Equal(list[^1].Revision, home.Revisions.ReadHead(identity)!.Revision);
        Assert.True(list[^1].Sequence > list[0].Sequence);
    }

    [Fact]
    public async Task Publish_WhenDocumentIsTooLarge_NamesTheLimit()
    {
        using var home = new MasterHome();
        using var identity = MasterIdentity.Create(home.Context);
        var revisions = new PublishedRevisions(home.Context) { Limits = new Limits { MaxDocumentSize = 10 } };
        var error = await Assert.ThrowsAsync<CodexportException>(() => revisions.PublishAsync(Document("a"), identity, TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.LimitExceeded, error.Code);
        Assert.Null(revisions.ReadHeadEnvelope());
    }

    [Fact]
    public async Task List_WhenIndexIsDamaged_SaysSo()
    {
        using var home = new MasterHome();
        using var identity = MasterIdentity.Create(home.Context);
        await home.Revisions.PublishAsync(Document("a"), identity, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(home.Context.Home.MasterFolder, "revisions", "index.json"), "{", TestContext.Current.CancellationToken);
        Assert.Equal(ErrorCode.StateDamaged, Assert.Throws<CodexportException>(() => home.Revisions.List()).Code);
    }

    private static RevisionDocument Document(string path, Sha256Hash hash = default) => new([new RevisionFile(path, false, 1, hash)]);
}
