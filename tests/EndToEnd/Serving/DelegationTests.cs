using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Tests.Follower;
using Codexport.Tests.Master;

namespace Codexport.Tests.Serving;

/// <summary>A key that acts for the identity: a real server serves with it, a follower trusts the identity alone.</summary>
public sealed class DelegationTests : IDisposable
{
    private static readonly char[] Passphrase = "correct horse battery staple".ToCharArray();

    private readonly FollowerHome _follower = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public DelegationTests() => _follower.Time.Now = DateTimeOffset.UtcNow;

    public void Dispose() => _follower.Dispose();

    [Fact]
    public async Task Follower_GoesOn_WhenAnotherKeyActsForTheIdentity_AndWhenThatIsTakenBack()
    {
        await using var master = await TestMaster.StartAsync();
        await JoinAsync(master);
        var export = Path.Join(master.Engine.Home.UserHome, "identity.json");
        await new MasterOperations(master.Engine).ExportIdentityAsync(export, Passphrase, force: false, Stop);
        var result = await DelegateAsync(master, new DelegationOptions { RemoveKey = true }, export);
        Assert.Equal((master.Identity.Fingerprint, false), (result.Fingerprint, result.IsIdentityHere));
        Assert.NotEqual(result.Fingerprint, result.KeyFingerprint);
        Assert.False(File.Exists(Path.Join(master.Engine.Home.MasterFolder, "key.pem")));
        master.Server.Refresh();
        await ChangeAsync(master, "by the other key");
        await SyncAsync("by the other key");

        // A newcomer that has nothing but the identity's fingerprint.
        using var newcomer = new FollowerHome();
        newcomer.Time.Now = _follower.Time.Now;
        await JoinAsync(master, newcomer);
        Assert.Equal("by the other key", newcomer.Read("AGENTS.md"));

        // Renewed, and then taken back: what stood on the statement counts no more, however long it was for.
        var old = File.ReadAllBytes(Path.Join(master.Engine.Home.MasterFolder, "delegation.json"));
        using var online = MasterIdentity.Read(master.Engine, Path.Join(master.Engine.Home.MasterFolder, "online.pem"))!.ActingOn(KeyDelegationCodec.Read(old));
        await DelegateAsync(master, new DelegationOptions(), export);
        await DelegateAsync(master, new DelegationOptions { Withdraw = true }, export);
        master.Server.Refresh();
        await ChangeAsync(master, "by the identity again");
        await SyncAsync("by the identity again");
        var newest = new HeadInForce(master.Engine).Read(MasterIdentity.Load(master.Engine))!;
        new HeadInForce(master.Engine).Write(online.Sign(newest with { Sequence = newest.Sequence + 5 }));
        master.Server.Refresh();
        _follower.Time.Now += TimeSpan.FromHours(1);
        Assert.Equal(ErrorCode.DelegationRefused, await _follower.RefusedSyncAsync());
    }

    [Fact]
    public async Task Statement_ThatExpired_IsRefusedOverTls_AndByTheMasterItself()
    {
        await using var master = await TestMaster.StartAsync();
        await JoinAsync(master);
        await DelegateAsync(master, new DelegationOptions { Lifetime = TimeSpan.FromDays(2) }, null);
        master.Server.Refresh();
        await ChangeAsync(master, "in time");
        await SyncAsync("in time");
        _follower.Time.Now += TimeSpan.FromDays(3);
        Assert.Equal(ErrorCode.DelegationRefused, await _follower.RefusedSyncAsync());
        using var acting = MasterIdentity.Load(master.Engine);
        var late = new Head(default, 9, _follower.Time.Now, _follower.Time.Now.AddDays(30));
        Assert.Equal(ErrorCode.DelegationRefused, Assert.Throws<CodexportException>(() => acting.Sign(late)).Code);
    }

    [Fact]
    public async Task Delegate_WithAnotherMastersIdentity_OrWithoutAnExport_ChangesNothing()
    {
        await using var master = await TestMaster.StartAsync();
        await using var other = await TestMaster.StartAsync();
        var export = Path.Join(other.Engine.Home.UserHome, "identity.json");
        await new MasterOperations(other.Engine).ExportIdentityAsync(export, Passphrase, force: false, Stop);
        Assert.Equal(
            ErrorCode.IdentityInvalid,
            (await Assert.ThrowsAsync<CodexportException>(() => DelegateAsync(master, new DelegationOptions(), export))).Code);
        Assert.Equal(
            ErrorCode.InvalidUsage,
            (await Assert.ThrowsAsync<CodexportException>(() => DelegateAsync(master, new DelegationOptions { RemoveKey = true }, null))).Code);
        Assert.False(File.Exists(Path.Join(master.Engine.Home.MasterFolder, "delegation.json")));
    }

    private static Task<DelegationResult> DelegateAsync(TestMaster master, DelegationOptions options, string? export)
        => new MasterOperations(master.Engine).DelegateIdentityAsync(options, export, export is null ? default : Passphrase, Stop);

    private async Task JoinAsync(TestMaster master, FollowerHome? home = null)
    {
        var link = new JoinLink("127.0.0.1", master.Port, master.Identity.Fingerprint, await master.InviteAsync());
        await (home ?? _follower).Operations.JoinAsync(new JoinOptions(link, Apply: true, Adopt: false), Stop);
    }

    private static async Task ChangeAsync(TestMaster master, string text)
    {
        using var acting = MasterIdentity.Load(master.Engine);
        var content = Encoding.UTF8.GetBytes(text);
        var document = new RevisionDocument([new RevisionFile("AGENTS.md", false, content.Length, master.Store.Put(content))]);
        master.Store.Flush();
        await new Engine.Master.Publishing.PublishedRevisions(master.Engine).PublishAsync(document, acting, Stop);
        master.Server.Refresh();
    }

    private async Task SyncAsync(string text)
    {
        // So much later that the head is asked for over TLS, where the key is proven.
        _follower.Time.Now += TimeSpan.FromHours(25);
        var result = await _follower.SyncAsync();
        Assert.Equal(SyncStatus.Applied, result.Status);
        Assert.Equal(text, _follower.Read("AGENTS.md"));
    }
}
