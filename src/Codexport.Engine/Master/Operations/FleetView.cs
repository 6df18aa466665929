using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Operations;

/// <summary>
/// The fleet as a person wants to see it. Who waits for approval comes first, the longest wait first; then the others: who is behind most
/// (not known counts as more than any number), then who reported an error, then who was not seen for longest; the revoked come last.
/// </summary>
internal static class FleetView
{
    /// <summary>The followers in that order, with how far each is behind.</summary>
    /// <param name="followers">The followers.</param>
    /// <param name="published">The kept revisions, newest last.</param>
    public static IReadOnlyList<FollowerInfo> Of(IEnumerable<FollowerInfo> followers, IReadOnlyList<PublishedRevision> published)
    {
        var places = new Dictionary<string, int>(published.Count, StringComparer.Ordinal);
        for (var index = 0; index < published.Count; index++)
        {
            foreach (var revision in published[index].Documents)
            {
                places[revision.ToString()] = published.Count - 1 - index;
            }
        }

        return
        [
            .. followers.Select(follower => WithBehind(follower, places))
                .OrderBy(Group)
                .ThenByDescending(follower => follower.State == FollowerState.Pending ? 0 : follower.RevisionsBehind ?? int.MaxValue)
                .ThenBy(follower => follower.LastError is null)
                .ThenBy(follower => follower.State == FollowerState.Pending ? follower.JoinedAt : follower.LastSeen ?? follower.JoinedAt)
                .ThenBy(follower => follower.Name, StringComparer.Ordinal)
                .ThenBy(follower => follower.Id, StringComparer.Ordinal),
        ];
    }

    private static FollowerInfo WithBehind(FollowerInfo follower, Dictionary<string, int> places)
        => follower.AppliedRevision is not { } applied ? follower
            : places.TryGetValue(applied, out var behind) ? follower with { RevisionsBehind = behind }
            : places.Count > 0 ? follower with { BehindMoreThan = places.Count - 1 }
            : follower;

    private static int Group(FollowerInfo follower) => follower.State switch
    {
        FollowerState.Pending => 0,
        FollowerState.Revoked => 2,
        _ => 1,
    };
}
