using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Master.Rollouts;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Tests.Master.Rollouts;

public sealed class RolloutTests : IDisposable
{
    private const string Settings = "role = \"master\"\n[rollout]\nrings = [\"canary\", \"early\", \"rest\"]\nafter = \"10m\"\nhealthy = 0.5\n";

    private readonly MasterHome _home = new();

    private MasterOperations Master => new(_home.Context);

    private FollowerRegistry Book { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public RolloutTests() => Book = new FollowerRegistry(_home.Context);

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Publication_GoesToTheFirstRing_AndOnByAPersonsWord()
    {
        var (first, second) = await PublishTwiceAsync();
        Assert.Equal(second, HeadOf("canary").Revision.ToString());
        Assert.Equal(first, HeadOf("early").Revision.ToString());
        Assert.Equal(first, Common().Revision.ToString());
        var rings = (await Master.GetRolloutAsync(Stop)).Rings;
        Assert.Equal([("canary", second, true), ("early", first, false), ("rest", first, false)], rings.Select(ring => (ring.Name, ring.Revision!, ring.Newest)));

        Assert.False((await Master.PromoteRolloutAsync(Stop)).Complete);
        Assert.Equal((second, first), (HeadOf("early").Revision.ToString(), Common().Revision.ToString()));
        Assert.True((await Master.PromoteRolloutAsync(Stop)).Complete);
        Assert.Equal(second, Common().Revision.ToString());

        // Nothing is left to move, and each head is signed for its ring with a number of its own.
        Assert.True((await Master.PromoteRolloutAsync(Stop)).Complete);
        var heads = new[] { HeadOf("canary"), HeadOf("early"), Common() };
        Assert.Equal(3, heads.Select(head => head.Sequence).Distinct().Count());
        Assert.Equal([RingBook.IdOf("canary", ""), RingBook.IdOf("early", ""), null], heads.Select(head => head.Ring));
    }

    [Fact]
    public async Task Publication_MovesOn_WhenEnoughHaveItWithoutErrorForLongEnough()
    {
        var (_, second) = await PublishTwiceAsync();
        var ids = await JoinAsync("canary", 3);
        await AdvanceAsync();
        Assert.Equal((3, 0), await CountAsync());
        See(ids[0], second);
        await AdvanceAsync();
        Assert.Null((await RingAsync()).HealthySince);
        See(ids[1], second);
        await AdvanceAsync();
        Assert.NotNull((await RingAsync()).HealthySince);

        // One that fails sets it back: what it is, a person shall see first.
        _home.Clock.Ahead += TimeSpan.FromMinutes(9);
        See(ids[1], second, "ConfigurationRejected");
        await AdvanceAsync();
        Assert.Null((await RingAsync()).HealthySince);
        See(ids[1], second);
        await AdvanceAsync();
        _home.Clock.Ahead += TimeSpan.FromMinutes(9);
        await AdvanceAsync();
        Assert.NotEqual(second, HeadOf("early").Revision.ToString());
        _home.Clock.Ahead += TimeSpan.FromMinutes(2);
        await AdvanceAsync();
        Assert.Equal(second, HeadOf("early").Revision.ToString());

        // The next ring has no follower: nothing is learnt from it, and that is said.
        _home.Clock.Ahead += TimeSpan.FromDays(1);
        await AdvanceAsync();
        Assert.NotEqual(second, Common().Revision.ToString());
        Assert.Contains((await Master.GetRolloutAsync(Stop)).Warnings, warning => warning.Contains("'early' has no follower", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stopped_GoesNoFurtherByItself_UntilPromotedOrSuperseded()
    {
        var (first, second) = await PublishTwiceAsync();
        var ids = await JoinAsync("canary", 1);
        See(ids[0], second);
        await AdvanceAsync();
        Assert.True((await Master.StopRolloutAsync(Stop)).Stopped);
        _home.Clock.Ahead += TimeSpan.FromDays(1);
        await AdvanceAsync();
        Assert.Equal(first, HeadOf("early").Revision.ToString());

        // What comes after it has a rollout of its own.
        _home.Write("AGENTS.md", "three", DateTime.UtcNow.AddMinutes(-1));
        var third = (await _home.RebuildAsync()).Revision;
        Assert.False((await Master.GetRolloutAsync(Stop)).Stopped);
        Assert.Equal((third, first), (HeadOf("canary").Revision.ToString(), HeadOf("early").Revision.ToString()));
        Assert.True((await Master.StopRolloutAsync(Stop)).Stopped);
        Assert.False((await Master.PromoteRolloutAsync(Stop)).Stopped);
        Assert.Equal(third, HeadOf("early").Revision.ToString());
    }

    [Fact]
    public async Task Rollback_ReachesEveryRingAtOnce_AboveAllHeadsBefore()
    {
        var (first, _) = await PublishTwiceAsync();
        await Master.PromoteRolloutAsync(Stop);
        var highest = new[] { HeadOf("canary"), HeadOf("early"), Common() }.Max(head => head.Sequence);
        await Master.RollbackAsync(first, Stop);
        foreach (var head in new[] { HeadOf("canary"), HeadOf("early") })
        {
            Assert.Equal(first, head.Revision.ToString());
            Assert.True(head.Sequence > highest, "A follower of the ring would take the head for an older one.");
        }

        Assert.Equal(first, Common().Revision.ToString());
        Assert.True((await Master.GetRolloutAsync(Stop)).Complete);
    }

    [Fact]
    public async Task MovedFollower_FindsAHeadAboveAllThatItHasSeen()
    {
        var (first, second) = await PublishTwiceAsync();
        await JoinAsync("canary", 1);
        var seen = HeadOf("canary").Sequence;
        var moved = await Master.SetFollowerAsync("canary-0", null, "", Stop);
        Assert.Equal((null, first), (moved.Ring, moved.TargetRevision));
        Assert.True(Common().Sequence > seen, "The follower would take the head of its new ring for an older one.");
        Assert.Equal(second, (await Master.SetFollowerAsync("canary-0", null, "canary", Stop)).TargetRevision);
        Assert.Equal(ErrorCode.GroupNotFound, (await Assert.ThrowsAsync<CodexportException>(() => Master.SetFollowerAsync("canary-0", null, "other", Stop))).Code);
    }

    [Fact]
    public async Task PublicationOfARing_IsKept_HoweverManyComeAfterIt()
    {
        var (first, _) = await PublishTwiceAsync();
        for (var count = 0; count < Limits.Default.KeptRevisions + 3; count++)
        {
            _home.Write("AGENTS.md", $"more {count}", DateTime.UtcNow.AddMinutes(-1));
            await _home.RebuildAsync();
        }

        Assert.Equal(first, Common().Revision.ToString());
        Assert.Equal("one", _home.PublishedText(first, "AGENTS.md"));
        Assert.InRange(_home.Revisions.List().Count, Limits.Default.KeptRevisions, Limits.Default.KeptRevisions + 2);
    }

    [Fact]
    public async Task RingsTakenAway_EverybodyGetsTheNewest()
    {
        var (_, second) = await PublishTwiceAsync();
        _home.Settings("role = \"master\"\n");
        await _home.RebuildAsync();
        Assert.Equal(second, Common().Revision.ToString());
        Assert.False(File.Exists(RingBook.PathOf(_home.Context)));
        Assert.Equal(ErrorCode.InvalidUsage, (await Assert.ThrowsAsync<CodexportException>(() => Master.PromoteRolloutAsync(Stop))).Code);
        Assert.Empty((await Master.GetRolloutAsync(Stop)).Rings);
    }

    [Fact]
    public async Task PublicationThatWasStoppedHalfway_IsFinishedByTheNext()
    {
        var (first, second) = await PublishTwiceAsync();

        // As after a crash between the list and the heads: the first ring's head is the old one.
        var book = RingBook.Read(_home.Context);
        (book with { Places = [.. book.Places.Select(place => place with { Sequence = _home.Revisions.List()[0].Sequence })] }).Write(_home.Context);
        await _home.RebuildAsync();
        Assert.Equal((second, first), (HeadOf("canary").Revision.ToString(), Common().Revision.ToString()));
    }

    [Fact]
    public async Task DamagedBook_IsNamed_AndWrittenAnewByARebuild()
    {
        var (_, second) = await PublishTwiceAsync();
        await File.WriteAllTextAsync(RingBook.PathOf(_home.Context), "{", Stop);
        Assert.Equal(ErrorCode.StateDamaged, (await Assert.ThrowsAsync<CodexportException>(() => Master.GetRolloutAsync(Stop))).Code);
        await _home.RebuildAsync();
        Assert.Equal(second, HeadOf("canary").Revision.ToString());
    }

    [Fact]
    public async Task ChangedKey_SignsTheHeadsOfRingsToo()
    {
        var (first, second) = await PublishTwiceAsync();
        await Master.RotateIdentityAsync(Stop);
        Assert.Equal((second, first), (HeadOf("canary").Revision.ToString(), HeadOf("early").Revision.ToString()));
    }

    [Theory]
    [InlineData("rings = [\"Canary\", \"rest\"]")]
    [InlineData("rings = [\"a\", \"a\"]")]
    [InlineData("rings = [\"a\", \"b\"]\nafter = 5")]
    [InlineData("rings = [\"a\", \"b\"]\nhealthy = 0")]
    [InlineData("rings = [\"a\", \"b\"]\nhealthy = 1.5")]
    public async Task Settings_OfAWrongForm_AreAnError(string text)
    {
        _home.Settings($"[rollout]\n{text}\n");
        _home.Write("AGENTS.md", "one");
        Assert.Equal(ErrorCode.SettingsInvalid, (await Assert.ThrowsAsync<CodexportException>(() => _home.InitializeAsync())).Code);
    }

    private async Task<(string First, string Second)> PublishTwiceAsync()
    {
        _home.Settings(Settings);
        _home.Write("AGENTS.md", "one");
        var first = await _home.InitializeAsync();
        _home.Write("AGENTS.md", "two", DateTime.UtcNow.AddMinutes(-2));
        var second = await _home.RebuildAsync();
        Assert.Equal(RebuildStatus.Published, second.Status);
        return (first.Revision, second.Revision);
    }

    private async Task<IReadOnlyList<string>> JoinAsync(string ring, int count)
    {
        var ids = new List<string>();
        for (var index = 0; index < count; index++)
        {
            var (follower, _) = await Book.RegisterAsync(new FollowerIntroduction($"{ring}-{index}", "linux", "1", "::1"), FollowerState.Approved, Stop);
            ids.Add((await Master.SetFollowerAsync(follower.Id, null, ring, Stop)).Id);
        }

        return ids;
    }

    private void See(string id, string revision, string error = "none")
    {
        Book.Refresh();
        Book.Note(id, new FollowerSighting("::1", "linux", "1", revision, error));
        Book.FlushAsync(Stop).GetAwaiter().GetResult();
    }

    private async Task AdvanceAsync() => await new Rollout(_home.Context).AdvanceAsync(Book.List(), Stop);

    private async Task<RingInfo> RingAsync() => (await Master.GetRolloutAsync(Stop)).Rings[0];

    private async Task<(int, int)> CountAsync() => await RingAsync() is var ring ? (ring.Followers, ring.Applied) : default;

    private Head Common()
    {
        using var identity = MasterIdentity.Load(_home.Context);
        return _home.Revisions.ReadHead(identity)!;
    }

    private Head HeadOf(string ring)
    {
        using var identity = MasterIdentity.Load(_home.Context);
        var head = Assert.Single(RingBook.Read(_home.Context).Heads, head => head.Ring == ring && head.Group.Length == 0);
        return HeadCodec.Verify(head.Envelope, identity.PublicKey.Span, identity.Fingerprint);
    }
}
