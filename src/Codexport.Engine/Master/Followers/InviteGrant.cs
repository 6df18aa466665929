namespace Codexport.Engine.Master.Followers;

/// <summary>An invite that somebody brought and that is in force.</summary>
/// <param name="Serial">Invites that were made later have a higher number.</param>
/// <param name="Hash">SHA-256 of a limited invite; null for the durable one.</param>
public sealed record InviteGrant(long Serial, string? Hash)
{
    /// <summary>The group that whoever brings it comes into; null for none.</summary>
    public string? Group { get; init; }
}

/// <summary>What an invite is limited to; null where it is not.</summary>
/// <param name="ExpiresIn">How long it lets in.</param>
/// <param name="Uses">How many followers it lets in.</param>
public sealed record InviteLimits(TimeSpan? ExpiresIn, int? Uses)
{
    /// <summary>The durable invite.</summary>
    public static InviteLimits None { get; } = new(null, null);

    /// <summary>The group that whoever brings it comes into; null for none.</summary>
    public string? Group { get; init; }

    /// <summary>Whether it needs an invite of its own.</summary>
    public bool IsLimited => ExpiresIn is not null || Uses is not null || Group is not null;
}
