namespace Codexport.Engine.Results;

/// <summary>How a ring stands.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Revision">The revision that it has; null while nothing is published.</param>
/// <param name="Newest">Whether that is the newest.</param>
/// <param name="Since">Since when it has it, local time.</param>
/// <param name="Followers">Followers that may fetch and count to it.</param>
/// <param name="Applied">Those of them that have applied it without error.</param>
/// <param name="Failed">Those that report an error.</param>
public sealed record RingInfo(string Name, string? Revision, bool Newest, DateTime? Since, int Followers, int Applied, int Failed)
{
    /// <summary>Since when enough of them have it without error, local time; null while they do not.</summary>
    public DateTime? HealthySince { get; init; }

    /// <summary>When the next ring gets it by itself if nothing changes, local time; null when it does not.</summary>
    public DateTime? MovesOnAt { get; init; }
}

/// <summary>How the newest publication goes from ring to ring.</summary>
/// <param name="Revision">The newest publication's revision; null while nothing is published.</param>
/// <param name="Complete">Whether every ring has it.</param>
/// <param name="Stopped">Whether it goes to no further ring by itself.</param>
/// <param name="Rings">The rings in their order; none where the settings list fewer than two.</param>
public sealed record RolloutResult(string? Revision, bool Complete, bool Stopped, IReadOnlyList<RingInfo> Rings)
{
    /// <summary>Whole sentences for the person.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>A group of followers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">Where its overlay lies.</param>
/// <param name="Followers">Followers in it that are not shut out.</param>
/// <param name="Revision">The revision that its followers get from the newest publication; null while it is not published.</param>
/// <param name="Excluded">Globs of what its followers do not get.</param>
public sealed record GroupInfo(string Name, string Folder, int Followers, string? Revision, IReadOnlyList<string> Excluded);
