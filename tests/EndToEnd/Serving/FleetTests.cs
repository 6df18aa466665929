using System.Net;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Server;
using Codexport.Tests.Follower;
using Codexport.Tests.Master;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Serving;

/// <summary>Real followers at a real server, while a person does things on the master.</summary>
public sealed class FleetTests : IDisposable
{
    private readonly FollowerHome _follower = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _follower.Dispose();

    [Fact]
    public async Task Fleet_ShowsWhatFollowersDo_AndDecisionsAreInForceAtOnce()
    {
        await using var master = await TestMaster.StartAsync();
        var operations = new MasterOperations(master.Engine);
        var link = JoinLink.Parse((await operations.CreateJoinLinkAsync("127.0.0.1", master.Port, renewInvite: false, Stop)).JoinLink);
        await JoinAsync(_follower, link);
        var joined = await master.Events.WaitAsync<FollowerJoined>(Stop);

        // What it applied is told at once, not at the next contact of some day.
        var first = await master.Events.WaitAsync<FollowerApplied>(Stop);
        Assert.Equal(ContactRecord.Read(_follower.Context).Applied.ToString(), first.Revision);
        var second = await master.PublishAsync(("AGENTS.md", "Be kinder."));
        Assert.Equal(SyncStatus.Applied, (await _follower.SyncAsync()).Status);
        await master.Events.WaitAsync<FollowerApplied>(it => it.Revision == second.ToString(), Stop);
        await master.Events.WaitAsync<FollowerSynced>(it => it.Id == joined.Id, Stop);

        // A failure that a person should see, and its cure.
        var settings = _follower.Context.Home.SettingsFile;
        await File.WriteAllTextAsync(settings, "onDrift = \"fail\"\n" + await File.ReadAllTextAsync(settings, Stop), Stop);
        await File.WriteAllTextAsync(Path.Join(_follower.Context.Home.CodexFolder, "AGENTS.md"), "mine", Stop);
        await master.PublishAsync(("AGENTS.md", "Be kindest."));
        Assert.Equal(ErrorCode.DriftRefused, await _follower.RefusedSyncAsync());
        Assert.Equal(nameof(ErrorCode.DriftRefused), (await master.Events.WaitAsync<FollowerFailed>(Stop)).Code);
        await File.WriteAllTextAsync(Path.Join(_follower.Context.Home.CodexFolder, "AGENTS.md"), "Be kinder.", Stop);
        await _follower.SyncAsync();
        await master.Events.WaitAsync<FollowerHealed>(Stop);

        // Shut out: the next request is refused. Let in: the next one is answered.
        await operations.RevokeFollowerAsync(joined.Id, Stop);
        var third = await master.PublishAsync(("AGENTS.md", "Be."));
        Assert.Equal(ErrorCode.CredentialRefused, await _follower.RefusedSyncAsync());
        await master.Events.WaitAsync<FollowerRevoked>(Stop);
        await master.Events.WaitAsync<PeerRefused>(Stop);
        await operations.ApproveFollowerAsync(joined.Id, Stop);
        Assert.Equal(third.ToString(), (await _follower.SyncAsync()).Revision);

        // An old link admits nobody once the invite was renewed.
        var renewed = JoinLink.Parse((await operations.CreateJoinLinkAsync("127.0.0.1", master.Port, renewInvite: true, Stop)).JoinLink);
        using var late = new FollowerHome();
        Assert.Equal(ErrorCode.InviteRefused, (await Assert.ThrowsAsync<CodexportException>(() => JoinAsync(late, link))).Code);
        await JoinAsync(late, renewed);

        // Who waits is let in while serving.
        using var waiting = new FollowerHome();
        Assert.Equal(ErrorCode.ApprovalPending, (await Assert.ThrowsAsync<CodexportException>(() => JoinAsync(waiting, renewed with { Invite = null }))).Code);
        Assert.Equal(ErrorCode.ApprovalPending, await waiting.RefusedSyncAsync());
        await operations.ApproveFollowerAsync(EnrollmentRecord.TryRead(waiting.Context)!.FollowerId, Stop);
        Assert.Equal(SyncStatus.Applied, (await waiting.SyncAsync()).Status);

        await master.StopAsync();
        var fleet = await operations.GetFollowersAsync(Stop);
        Assert.Equal(3, fleet.Count);
        Assert.All(fleet, follower => Assert.Equal((0, 0, null), (follower.RevisionsBehind, follower.Behind, follower.LastError)));
        Assert.All(fleet, follower => Assert.NotNull(follower.LastSeen));
    }

    [Fact]
    public async Task Rotate_WhileServing_PutsTheNewKeyInServiceAndFollowersGoAlong()
    {
        await using var master = await TestMaster.StartAsync();
        var operations = new MasterOperations(master.Engine);
        await JoinAsync(_follower, await LinkAsync(master));
        await _follower.Operations.SetFollowAsync(follow: true, Stop);
        using var refusing = new FollowerHome();
        await JoinAsync(refusing, await LinkAsync(master));
        var credential = EnrollmentRecord.TryRead(_follower.Context)!.Credential;

        var rotation = await operations.RotateIdentityAsync(Stop);

        var told = await master.Events.WaitAsync<KeyRotated>(Stop);
        Assert.Equal((rotation.PreviousFingerprint, rotation.Fingerprint, 2), (told.Previous, told.Fingerprint, rotation.Followers));
        using var plain = new HttpClient();
        var chain = await plain.GetByteArrayAsync(new Uri($"http://127.0.0.1:{master.Port}{ProtocolConstants.RotationsPath}"), Stop);
        Assert.Equal(rotation.Fingerprint, RotationChain.Newest(chain)!.NewFingerprint);

        // A connection of the new time is refused by who trusts the old key alone, whatever it asks.
        await Assert.ThrowsAsync<HttpRequestException>(() => master.MakeClient().GetStringAsync(ProtocolConstants.HeadPath, Stop));
        var result = await _follower.SyncAsync();
        Assert.Contains(result.Warnings, warning => warning.Contains(rotation.Fingerprint, StringComparison.Ordinal));
        var enrollment = EnrollmentRecord.TryRead(_follower.Context)!;
        Assert.Equal((rotation.Fingerprint, credential), (enrollment.Fingerprint, enrollment.Credential));
        var error = await Assert.ThrowsAsync<CodexportException>(() => refusing.SyncAsync());
        Assert.Contains("vouches", error.Message, StringComparison.Ordinal);

        // Publishing goes on with the new key, twice over.
        await operations.RotateIdentityAsync(Stop);
        await master.Events.WaitAsync<KeyRotated>(it => it.Previous == rotation.Fingerprint, Stop);
        using var identity = MasterIdentity.Load(master.Engine);
        var hash = master.Store.Put("anew"u8.ToArray());
        master.Store.Flush();
        await new PublishedRevisions(master.Engine).PublishAsync(
            new RevisionDocument([new RevisionFile("AGENTS.md", false, 4, hash)]), identity, Stop);
        master.Server.Refresh();
        await refusing.Operations.SetFollowAsync(follow: true, Stop);
        foreach (var home in new[] { _follower, refusing })
        {
            Assert.Equal(SyncStatus.Applied, (await home.SyncAsync()).Status);
            Assert.Equal("anew", home.Read("AGENTS.md"));
            Assert.Equal(identity.Fingerprint, EnrollmentRecord.TryRead(home.Context)!.Fingerprint);
        }

        Assert.Empty(master.Events.Events.OfType<ServerWarning>());
    }

    [Fact]
    public async Task Import_OnAnotherMachine_GoesOnWithTheFollowersOfTheLostOne()
    {
        using var folder = new TemporaryFolder();
        var passphrase = "correct horse battery staple".AsMemory();
        int port;
        await using (var lost = await TestMaster.StartAsync())
        {
            port = lost.Port;
            await JoinAsync(_follower, await LinkAsync(lost));
            await new MasterOperations(lost.Engine).ExportIdentityAsync(folder["export.json"], passphrase, force: false, Stop);
        }

        var engine = new EngineContext(new CodexportHome(folder["new"], folder["new/.codex"]), new PhysicalFileSystem(), TimeProvider.System);
        foreach (var (path, text) in new[] { ("AGENTS.md", "Be kind."), ("skills/a/SKILL.md", "first"), ("skills/b/SKILL.md", "first") })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(engine.Home.CodexFolder, path))!);
            await File.WriteAllTextAsync(Path.Combine(engine.Home.CodexFolder, path), text, Stop);
        }

        var imported = await new MasterOperations(engine).ImportIdentityAsync(folder["export.json"], passphrase, Stop);
        Assert.Empty(imported.Warnings);
        Assert.Equal(ContactRecord.Read(_follower.Context).Applied.ToString(), imported.Revision);

        using var stop = new CancellationTokenSource();
        var events = new EventRecorder();
        var server = new MasterServer(engine);
        var running = server.RunAsync(new MasterServerOptions("127.0.0.1", port, [], NoWatch: true), events, stop.Token);
        await server.Started.WaitAsync(TimeSpan.FromSeconds(60), Stop);
        Assert.Equal(SyncStatus.Current, (await _follower.SyncAsync()).Status);
        await File.WriteAllTextAsync(Path.Combine(engine.Home.CodexFolder, "AGENTS.md"), "From the new machine.", Stop);
        await new MasterOperations(engine).RebuildAsync(acceptDeletions: false, Stop);
        server.Refresh();
        Assert.Equal(SyncStatus.Applied, (await _follower.SyncAsync()).Status);
        Assert.Equal("From the new machine.", _follower.Read("AGENTS.md"));
        Assert.Equal("box", (await events.WaitAsync<FollowerApplied>(Stop)).Name);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Names_FromTheNetwork_ReachNoTerminalAsTheyCame()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync("\u001b]0;owned\u0007lap\u202etop\u3164");
        var joined = await master.Events.WaitAsync<FollowerJoined>(Stop);
        Assert.Equal("]0;ownedlaptop", joined.Name);
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtocolConstants.HeadPath);
        request.Headers.TryAddWithoutValidation(ProtocolConstants.LastErrorHeader, "7");
        request.Headers.TryAddWithoutValidation(ProtocolConstants.AppliedHeader, "\"nonsense\"");
        using var response = await master.Http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await master.StopAsync();
        var follower = Assert.Single(new FollowerRegistry(master.Engine).List());
        Assert.Equal((null, null), (follower.LastError, follower.AppliedRevision));
        Assert.DoesNotContain(ServerEventJson.Format(joined) + ServerEventText.Format(joined), char.IsControl);
        Assert.Equal(15, Encoding.UTF8.GetByteCount(joined.Name) + 1);
    }

    private static async Task<JoinLink> LinkAsync(TestMaster master) => JoinLink.Parse(
        (await new MasterOperations(master.Engine).CreateJoinLinkAsync("127.0.0.1", master.Port, renewInvite: false, Stop)).JoinLink);

    private static Task<SyncResult> JoinAsync(FollowerHome home, JoinLink link)
        => home.Operations.JoinAsync(new JoinOptions(link, Apply: true, Adopt: false), Stop);
}
