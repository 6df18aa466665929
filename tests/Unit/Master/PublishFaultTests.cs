using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Protocol;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Master;

public sealed class PublishFaultTests
{
    private const string Codex = "/h/.codex";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_WhenAnyCallFails_LeavesTheOldOrTheNewRevisionWhole()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The disk in memory speaks Unix paths.");
        var outcomes = new HashSet<string>();
        for (var call = 1; await FailAsync(call, PowerLoss.ProcessOnly, isPowerLoss: false, outcomes); call++)
        {
            Assert.True(call < 1000);
        }

        Assert.Equal(["new", "old"], outcomes.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(PowerLoss.ProcessOnly)]
    [InlineData(PowerLoss.NothingSinceBarrier)]
    [InlineData(PowerLoss.HalfOfTheNames)]
    [InlineData(PowerLoss.NamesWithoutContents)]
    public async Task Publish_WhenThePowerGoesAtAnyCall_LeavesTheOldOrTheNewRevisionWhole(PowerLoss kind)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The disk in memory speaks Unix paths.");
        var outcomes = new HashSet<string>();
        for (var call = 1; await FailAsync(call, kind, isPowerLoss: true, outcomes); call++)
        {
            Assert.True(call < 1000);
        }

        Assert.Equal(["new", "old"], outcomes.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(100)]
    [InlineData((int)StableReader.InMemory + 1000)]
    public async Task Rebuild_WhenAFileIsSavedWhileItIsRead_PublishesOneOfItsStatesWhole(int size)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The disk in memory speaks Unix paths.");
        string[] texts = [new('a', size), new('b', size)];
        var hashes = texts.Select(text => Sha256Hash.Of(System.Text.Encoding.ASCII.GetBytes(text))).ToList();
        for (var call = 1; ; call++)
        {
            var disk = new MemoryFileSystem();
            disk.WriteExternally(Codex + "/AGENTS.md", "first");
            var context = Context(disk);
            await new MasterOperations(context).InitializeAsync(null, Stop);
            disk.WriteExternally(Codex + "/AGENTS.md", texts[0]);
            var faulty = new FaultyFileSystem(disk) { FailAt = call, Meanwhile = () => disk.WriteExternally(Codex + "/AGENTS.md", texts[1]) };
            await new MasterOperations(context with { Files = faulty }).RebuildAsync(acceptDeletions: false, Stop);
            Assert.Contains(PublishedHash(context), hashes);
            if (faulty.Last.Length == 0)
            {
                return;
            }

            await new MasterOperations(context).RebuildAsync(acceptDeletions: false, Stop);
            Assert.Equal(hashes[1], PublishedHash(context));
        }
    }

    private static async Task<bool> FailAsync(int call, PowerLoss kind, bool isPowerLoss, HashSet<string> outcomes)
    {
        var disk = new MemoryFileSystem();
        disk.WriteExternally(Codex + "/AGENTS.md", "old");
        disk.WriteExternally(Codex + "/skills/a/1", "same");
        var context = Context(disk);
        var old = (await new MasterOperations(context).InitializeAsync(null, Stop)).Revision;
        disk.TryFlushVolume("/");
        disk.WriteExternally(Codex + "/AGENTS.md", "new");
        var faulty = new FaultyFileSystem(disk) { FailAt = call, IsPowerLoss = isPowerLoss };
        try
        {
            await new MasterOperations(context with { Files = faulty }).RebuildAsync(acceptDeletions: false, Stop);
        }
        catch (Exception error) when (error is CodexportException or PowerLossException)
        {
            if (isPowerLoss)
            {
                disk.LosePower(kind);
            }
        }

        outcomes.Add(AssertWhole(context, old));
        var result = await new MasterOperations(context).RebuildAsync(acceptDeletions: false, Stop);
        Assert.NotEqual(old, result.Revision);
        Assert.Equal("new", AssertWhole(context, old));
        return faulty.Last.Length > 0;
    }

    private static EngineContext Context(MemoryFileSystem disk)
        => new(new CodexportHome("/h", Codex), disk, TimeProvider.System) { Environment = _ => null };

    /// <summary>Whatever the head names can be had, with its hash.</summary>
    private static string AssertWhole(EngineContext context, string old)
    {
        var document = Published(context);
        var store = new ObjectStore(context.Files, context.Home.ObjectsFolder);
        foreach (var file in document.Document.Files)
        {
            using var content = new MemoryStream();
            using (var stored = store.OpenRead(file.Hash))
            {
                stored.CopyTo(content);
            }

            Assert.Equal(file.Hash, Sha256Hash.Of(content.ToArray()));
        }

        return document.Revision.ToString() == old ? "old" : "new";
    }

    private static Sha256Hash PublishedHash(EngineContext context) => Assert.Single(Published(context).Document.Files).Hash;

    private static (Sha256Hash Revision, RevisionDocument Document) Published(EngineContext context)
    {
        using var identity = MasterIdentity.Load(context);
        var revisions = new PublishedRevisions(context);
        var head = revisions.ReadHead(identity)!;
        var canonical = revisions.ReadDocument(head.Revision)!;
        Assert.Equal(head.Revision, RevisionCodec.RevisionOf(canonical));
        return (head.Revision, RevisionCodec.Read(canonical));
    }
}
