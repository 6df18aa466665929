using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Rollouts;

/// <summary>Which revision each follower is to have, by its ring and group.</summary>
internal sealed class RolloutTargets(RolloutSettings rollout, RingBook book, PublicationIndex index)
{
    /// <summary>The ring that a follower counts to.</summary>
    public string RingOf(FollowerInfo follower) => rollout.RingOf(follower.Ring);

    /// <summary>A follower with its target.</summary>
    public FollowerInfo WithTarget(FollowerInfo follower)
        => RingHeads.PublicationOf(book, index, RingOf(follower)) is { } published
            ? follower with { TargetRevision = published.RevisionOf(follower.Group ?? string.Empty).ToString() }
            : follower;
}
