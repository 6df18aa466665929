using System.Web;
using Codexport.Engine.Results;

namespace Codexport.Server.Dashboard.Pages;

/// <summary>A group of followers that a person may want to see by itself.</summary>
/// <param name="Name">How the address calls it.</param>
/// <param name="Title">How people call it.</param>
/// <param name="Holds">Who is in it.</param>
internal sealed record FleetFilter(string Name, string Title, Func<FollowerInfo, DateTimeOffset, bool> Holds)
{
    private static readonly TimeSpan SilentAfter = TimeSpan.FromDays(7);

    /// <summary>All there are, in the order of the page; the first holds everybody.</summary>
    public static IReadOnlyList<FleetFilter> All { get; } =
    [
        new("all", "All", (_, _) => true),
        new("waiting", "Waiting", (follower, _) => follower.State == FollowerState.Pending),
        new("current", "Up to date", (follower, _) => follower is { State: FollowerState.Approved, Behind: 0 }),
        new("behind", "Behind", (follower, _) => follower is { State: FollowerState.Approved, Behind: not 0 }),
        new("failing", "With errors", (follower, _) => follower is { State: FollowerState.Approved, LastError: not null }),
        new("silent", "Silent 7 days", (follower, now) => follower.State == FollowerState.Approved && now - new DateTimeOffset(follower.LastSeen ?? follower.JoinedAt) > SilentAfter),
        new("revoked", "Revoked", (follower, _) => follower.State == FollowerState.Revoked),
    ];
}

/// <summary>What of the fleet a person wants to see: the query of the fleet's address.</summary>
/// <param name="Search">Words that a name, id, address, platform, version, revision or error holds.</param>
/// <param name="Filter">The group.</param>
/// <param name="Sort">The order; <c>attention</c> is that of the engine.</param>
/// <param name="Page">The page, from 1.</param>
internal sealed record FleetQuery(string Search, FleetFilter Filter, string Sort, int Page)
{
    /// <summary>Followers on a page.</summary>
    public const int PageSize = 100;

    /// <summary>Orders by name, with what people call them.</summary>
    public static IReadOnlyList<(string Name, string Title)> Sorts { get; } =
        [("attention", "Who needs attention"), ("name", "Name"), ("seen", "Last seen"), ("behind", "Revisions behind"), ("platform", "Platform")];

    /// <summary>Reads it; what is not known counts as not said.</summary>
    public static FleetQuery Read(PageView view)
    {
        var sort = view.Query("sort");
        return new FleetQuery(
            view.Query("q"),
            FleetFilter.All.FirstOrDefault(filter => filter.Name == view.Query("show")) ?? FleetFilter.All[0],
            Sorts.Any(known => known.Name == sort) ? sort : Sorts[0].Name,
            view.Number("page", least: 1));
    }

    /// <summary>Those that are meant, in the order that is meant.</summary>
    public List<FollowerInfo> Apply(IEnumerable<FollowerInfo> followers, DateTimeOffset now)
    {
        var words = Search.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var found = followers.Where(follower => Filter.Holds(follower, now) && words.All(word => Holds(follower, word)));
        return Sort switch
        {
            "name" => [.. found.OrderBy(follower => follower.Name, StringComparer.OrdinalIgnoreCase).ThenBy(follower => follower.Id, StringComparer.Ordinal)],
            "seen" => [.. found.OrderByDescending(follower => follower.LastSeen ?? DateTime.MinValue)],
            "behind" => [.. found.OrderByDescending(follower => follower.Behind ?? int.MaxValue)],
            "platform" => [.. found.OrderBy(follower => follower.Platform, StringComparer.Ordinal).ThenBy(follower => follower.Name, StringComparer.OrdinalIgnoreCase)],
            _ => [.. found],
        };
    }

    /// <summary>The address of this view, with another filter or page.</summary>
    public string Address(PageView view, FleetFilter? filter = null, int page = 1)
    {
        var show = filter ?? Filter;
        List<string> parts = [];
        Add("q", Search, string.Empty);
        Add("show", show.Name, FleetFilter.All[0].Name);
        Add("sort", Sort, Sorts[0].Name);
        Add("page", page.ToString(System.Globalization.CultureInfo.InvariantCulture), "1");
        return view.Root + (parts.Count > 0 ? "?" + string.Join('&', parts) : string.Empty);

        void Add(string name, string value, string byDefault)
        {
            if (value != byDefault)
            {
                parts.Add($"{name}={HttpUtility.UrlEncode(value)}");
            }
        }
    }

    private static bool Holds(FollowerInfo follower, string word)
        => new[]
        {
            follower.Name, follower.Id, follower.Address, follower.Platform, follower.Version, follower.AppliedRevision, follower.LastError, follower.State.ToString(), follower.Group, follower.Ring,
        }.Any(text => text?.Contains(word, StringComparison.OrdinalIgnoreCase) == true);
}
