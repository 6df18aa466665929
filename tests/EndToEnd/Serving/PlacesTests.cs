using System.Net;
using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Tests.Follower;

namespace Codexport.Tests.Serving;

/// <summary>Groups and rings at a real server: who gets which head, and whose contents are whose.</summary>
public sealed class PlacesTests : IDisposable
{
    private static readonly RolloutSettings Rings = new() { Rings = ["canary", "rest"], After = TimeSpan.Zero, Healthy = 1 };

    private readonly FollowerHome _follower = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _follower.Dispose();

    [Fact]
    public async Task ContentsOfAGroup_AreServedToItsFollowersAlone()
    {
        await using var master = await TestMaster.StartAsync();
        AddGroups(master);
        var secret = Encoding.UTF8.GetBytes("ops' own");
        var published = Publish(master, new(), ("AGENTS.md", "all"), ("lab", [("AGENTS.md", "lab")]), ("ops", [("AGENTS.md", "all"), ("prompts/ops.md", "ops' own")]));
        var follower = await master.JoinAsync();
        var (lab, ops) = (published.Groups["lab"], published.Groups["ops"]);
        await AssertStatusAsync(master, HttpStatusCode.OK, ProtocolConstants.RevisionsPath + published.Revision);
        await new MasterOperations(master.Engine).SetFollowerAsync((string)follower["id"]!, "lab", null, Stop);
        master.Server.Refresh();

        await AssertStatusAsync(master, HttpStatusCode.OK, ProtocolConstants.RevisionsPath + lab);
        await AssertStatusAsync(master, HttpStatusCode.OK, $"{ProtocolConstants.ObjectsPath}{Sha256Hash.Of(Encoding.UTF8.GetBytes("lab"))}");
        foreach (var path in new[]
        {
            ProtocolConstants.RevisionsPath + ops, ProtocolConstants.BundlePath + ops, ProtocolConstants.ObjectsPath + Sha256Hash.Of(secret),

            // What a group leaves out its followers do not get as everybody's either.
            ProtocolConstants.RevisionsPath + published.Revision, ProtocolConstants.BundlePath + published.Revision,
            ProtocolConstants.ObjectsPath + Sha256Hash.Of(Encoding.UTF8.GetBytes("all")),
        })
        {
            await AssertStatusAsync(master, HttpStatusCode.NotFound, path);
        }

        // Named as a base, another group's revision is one that nobody knows: its file names would come back as what is removed.
        using var delta = await master.Http.GetAsync($"{ProtocolConstants.RevisionsPath}{lab}?base={ops}", Stop);
        Assert.Equal(ProtocolConstants.RevisionContentType, delta.Content.Headers.ContentType!.ToString());
        Assert.DoesNotContain("prompts/ops.md", await delta.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        var whole = await master.Http.GetByteArrayAsync($"{ProtocolConstants.BundlePath}{lab}?base={ops}", Stop);
        Assert.Equal("lab", Encoding.UTF8.GetString(whole));
    }

    [Fact]
    public async Task Head_IsThatOfTheCredential_AndWithoutOneThatOfTheRingThatIsNamed()
    {
        await using var master = await TestMaster.StartAsync(settings: new LocalSettings { Rollout = Rings });
        await WriteSettingsAsync(master);
        AddGroups(master);
        var first = Publish(master, Rings, ("AGENTS.md", "one"), ("lab", [("AGENTS.md", "lab one")]));
        new Rollouts(master).Everybody();
        var second = Publish(master, Rings, ("AGENTS.md", "two"), ("lab", [("AGENTS.md", "lab two")]));
        var id = (string)(await master.JoinAsync())["id"]!;
        var operations = new MasterOperations(master.Engine);
        foreach (var (group, ring, expected) in new[]
        {
            ("", "", first.Revision), ("lab", "", first.Groups["lab"]), ("lab", "canary", second.Groups["lab"]), ("", "canary", second.Revision), ("", "rest", first.Revision),
        })
        {
            await operations.SetFollowerAsync(id, group, ring, Stop);
            master.Server.Refresh();
            var head = HeadCodec.Verify(await master.Http.GetByteArrayAsync(ProtocolConstants.HeadPath, Stop), master.Identity.PublicKey.Span, master.Identity.Fingerprint);
            Assert.Equal(expected, head.Revision);
            var name = ring is "canary" ? ring : "";
            Assert.Equal(group.Length + name.Length == 0 ? null : RingBook.IdOf(name, group), head.Ring);

            using var plain = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{master.Port}") };
            var asked = HeadCodec.Verify(
                await plain.GetByteArrayAsync($"{ProtocolConstants.HeadPath}?ring={head.Ring}", Stop), master.Identity.PublicKey.Span, master.Identity.Fingerprint);
            Assert.Equal(expected, asked.Revision);
            var everybody = HeadCodec.Verify(await plain.GetByteArrayAsync(ProtocolConstants.HeadPath, Stop), master.Identity.PublicKey.Span, master.Identity.Fingerprint);
            Assert.Equal((first.Revision, (string?)null), (everybody.Revision, everybody.Ring));
        }
    }

    [Fact]
    public async Task Follower_GoesWhereItIsPut_AtItsNextSync()
    {
        await using var master = await TestMaster.StartAsync(settings: new LocalSettings { Rollout = Rings });
        await WriteSettingsAsync(master);
        AddGroups(master);
        var operations = new MasterOperations(master.Engine);
        Publish(master, Rings, ("AGENTS.md", "one"), ("lab", [("AGENTS.md", "lab one")]));
        new Rollouts(master).Everybody();
        Publish(master, Rings, ("AGENTS.md", "two"), ("lab", [("AGENTS.md", "lab two")]));
        var link = JoinLink.Parse((await operations.CreateJoinLinkAsync("127.0.0.1", master.Port, renewInvite: false, Stop)).JoinLink);
        await _follower.Operations.JoinAsync(new JoinOptions(link, Apply: true, Adopt: false), Stop);
        Assert.Equal("one", _follower.Read("AGENTS.md"));
        var id = (await operations.GetFollowersAsync(Stop))[0].Id;
        foreach (var (group, ring, expected) in new[] { ("lab", "", "lab one"), ("lab", "canary", "lab two"), ("", "canary", "two"), ("", "", "one") })
        {
            await operations.SetFollowerAsync(id, group, ring, Stop);
            master.Server.Refresh();
            Assert.Equal(SyncStatus.Applied, (await _follower.SyncAsync()).Status);
            Assert.Equal(expected, _follower.Read("AGENTS.md"));

            // From then on its plain question is for that ring, and nothing is news.
            Assert.Equal(SyncStatus.Current, (await _follower.SyncAsync()).Status);
            Assert.Null(_follower.Operations.QuickSync(Stop));
            var mark = HeadMark.TryRead(_follower.Context, EnrollmentRecord.TryRead(_follower.Context)!)!;
            Assert.Equal(group.Length + ring.Length == 0 ? null : RingBook.IdOf(ring, group), mark.Ring);
        }

        // By a link that carries the group.
        using var other = new FollowerHome();
        var lab = JoinLink.Parse((await operations.CreateJoinLinkAsync(
            ["127.0.0.1"], master.Port, renewInvite: false, Engine.Master.Followers.InviteLimits.None with { Group = "lab" }, Stop)).JoinLink);
        await other.Operations.JoinAsync(new JoinOptions(lab, Apply: true, Adopt: false), Stop);
        Assert.Equal("lab one", other.Read("AGENTS.md"));
    }

    [Fact]
    public async Task Publication_MovesOnByItself_WhenTheRingHasIt()
    {
        await using var master = await TestMaster.StartAsync(settings: new LocalSettings { Rollout = Rings });
        await WriteSettingsAsync(master);
        var operations = new MasterOperations(master.Engine);
        Publish(master, Rings, ("AGENTS.md", "one"));
        new Rollouts(master).Everybody();
        var link = JoinLink.Parse((await operations.CreateJoinLinkAsync("127.0.0.1", master.Port, renewInvite: false, Stop)).JoinLink);
        await _follower.Operations.JoinAsync(new JoinOptions(link, Apply: true, Adopt: false), Stop);
        await operations.SetFollowerAsync((await operations.GetFollowersAsync(Stop))[0].Id, null, "canary", Stop);
        await _follower.SyncAsync();
        var second = Publish(master, Rings, ("AGENTS.md", "two"));
        await master.Events.WaitAsync<RingPublished>(it => it.Ring == "canary" && it.Revision == second.Revision.ToString(), Stop);
        Assert.Equal(SyncStatus.Applied, (await _follower.SyncAsync()).Status);
        await master.Events.WaitAsync<RevisionPublished>(it => it.Revision == second.Revision.ToString(), Stop);
        Assert.True((await operations.GetRolloutAsync(Stop)).Complete);
    }

    private static async Task WriteSettingsAsync(TestMaster master)
        => await File.WriteAllTextAsync(
            master.Engine.Home.SettingsFile, "role = \"master\"\n[rollout]\nrings = [\"canary\", \"rest\"]\nafter = \"0s\"\nhealthy = 1.0\n", Stop);

    private static void AddGroups(TestMaster master)
    {
        Directory.CreateDirectory(Path.Combine(master.Engine.Home.StateFolder, "groups", "lab"));
        Directory.CreateDirectory(Path.Combine(master.Engine.Home.StateFolder, "groups", "ops"));
    }

    private static PublishedRevision Publish(
        TestMaster master, RolloutSettings rollout, (string Path, string Text) common, params (string Name, (string Path, string Text)[] Files)[] groups)
    {
        var published = new PublishedRevisions(master.Engine) { Rollout = rollout }.Publish(
            Document([common]), master.Identity, groups.ToDictionary(group => group.Name, group => Document(group.Files)));
        master.Store.Flush();
        master.Server.Refresh();
        return published;

        RevisionDocument Document((string Path, string Text)[] files) => new(files.Select(file => new RevisionFile(
            file.Path, false, Encoding.UTF8.GetByteCount(file.Text), master.Store.Put(Encoding.UTF8.GetBytes(file.Text)))));
    }

    private static async Task AssertStatusAsync(TestMaster master, HttpStatusCode expected, string path)
    {
        using var response = await master.Http.GetAsync(path, Stop);
        Assert.True(expected == response.StatusCode, $"{path}: {response.StatusCode}");
    }

    /// <summary>Gives every ring the newest publication.</summary>
    private sealed class Rollouts(TestMaster master)
    {
        public void Everybody()
        {
            var revisions = new PublishedRevisions(master.Engine) { Rollout = Rings };
            revisions.AlignRings(master.Identity, revisions.List()[^1].Sequence, Rings.Rings.ToList());
            master.Server.Refresh();
        }
    }
}
