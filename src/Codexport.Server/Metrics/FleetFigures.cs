using Codexport.Engine.Results;

namespace Codexport.Server.Metrics;

/// <summary>The state of the fleet in numbers, at one moment.</summary>
internal sealed record FleetFigures
{
    /// <summary>Before anything is known.</summary>
    public static readonly FleetFigures None = new();

    /// <summary>Followers by state and ring; without a ring they count as <c>rest</c>.</summary>
    public IReadOnlyDictionary<(FollowerState State, string Ring), long> ByState { get; init; } = new Dictionary<(FollowerState, string), long>();

    /// <summary>Approved followers that do not have the revision in service.</summary>
    public long Behind { get; init; }

    /// <summary>Approved followers whose last report was an error.</summary>
    public long Failing { get; init; }

    /// <summary>The most revisions that one is behind.</summary>
    public long MostBehind { get; init; }

    /// <summary>When the revision in service was published, in Unix seconds.</summary>
    public double PublishedAt { get; init; }

    /// <summary>When the head expires, in Unix seconds.</summary>
    public double HeadExpires { get; init; }

    /// <summary>Whether something is held back.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Open connections.</summary>
    public long Connections { get; init; }

    /// <summary>Counts the followers.</summary>
    public static FleetFigures Of(IReadOnlyList<FollowerInfo> followers)
    {
        var approved = followers.Where(follower => follower.State == FollowerState.Approved).ToList();
        return new FleetFigures
        {
            ByState = followers.GroupBy(follower => (follower.State, follower.Ring ?? "rest")).ToDictionary(group => group.Key, group => (long)group.Count()),
            Behind = approved.Count(follower => follower.Behind is not 0),
            Failing = approved.Count(follower => follower.LastError is not null),
            MostBehind = approved.Max(follower => follower.Behind) ?? 0,
        };
    }
}
