using Codexport.Engine.Content;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Results;

namespace Codexport.Tests.Master;

public sealed class FleetViewTests
{
    private static readonly DateTimeOffset Day = new(2026, 1, 10, 0, 0, 0, TimeSpan.Zero);

    private static readonly PublishedRevision[] Published =
        [.. Enumerable.Range(0, 20).Select(index => new PublishedRevision(Hash(index), index + 1, Day))];

    [Fact]
    public void Of_PutsFirstWhatNeedsAPerson()
    {
        FollowerInfo[] followers =
        [
            Make("current", 19, seen: 9), Make("current, failing", 19, error: "DriftRefused", seen: 9), Make("current, unseen", 19, seen: 1),
            Make("revoked", null, FollowerState.Revoked), Make("two behind", 17, seen: 9), Make("five behind", 14, seen: 9),
            Make("long lost", -1, seen: 9), Make("never applied", null, seen: 5), Make("waits since yesterday", null, FollowerState.Pending, joined: 9),
            Make("waits for long", null, FollowerState.Pending, joined: 2), Make("two behind, failing", 17, error: "DiskFull", seen: 9),
        ];
        Assert.Equal(
            [
                "waits for long", "waits since yesterday", "never applied", "long lost", "five behind", "two behind, failing", "two behind",
                "current, failing", "current, unseen", "current", "revoked",
            ],
            FleetView.Of(followers, Published).Select(follower => follower.Name));
    }

    [Theory]
    [InlineData(19, 0, null, 0)]
    [InlineData(16, 3, null, 3)]
    [InlineData(0, 19, null, 19)]
    [InlineData(-1, null, 19, 20)]
    [InlineData(null, null, null, null)]
    public void Of_CountsBehindInTheKeptRevisions(int? applied, int? behind, int? more, int? atLeast)
    {
        var follower = Assert.Single(FleetView.Of([Make("a", applied)], Published));
        Assert.Equal((behind, more, atLeast), (follower.RevisionsBehind, follower.BehindMoreThan, follower.Behind));
    }

    [Fact]
    public void Of_WhenNothingIsPublished_SaysNothingOfBehind()
        => Assert.Null(Assert.Single(FleetView.Of([Make("a", 1)], [])).Behind);

    private static FollowerInfo Make(
        string name, int? applied, FollowerState state = FollowerState.Approved, string? error = null, int joined = 0, int? seen = null)
        => new(name, name, state, "100.64.0.1", "linux", "0.1.0", applied is { } index ? Hash(index).ToString() : null, null,
            Day.AddDays(joined - 10).LocalDateTime, seen is { } day ? Day.AddDays(day - 10).LocalDateTime : null, error);

    private static Sha256Hash Hash(int index) => Sha256Hash.Of([(byte)(index + 1)]);
}
