using Codexport.Engine.Content;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Master.Followers;

/// <summary>What a follower says of itself, as it came over the network.</summary>
/// <param name="Name">Machine name.</param>
/// <param name="Platform"><c>linux</c>, <c>macos</c> or <c>windows</c>.</param>
/// <param name="Version">Codexport version.</param>
/// <param name="Address">The address it comes from.</param>
public sealed record FollowerIntroduction(string? Name, string? Platform, string? Version, string Address)
{
    /// <summary>The id of the follower whose credential came with the request; null when none did.</summary>
    public string? ProvenId { get; init; }

    /// <summary>The secret by which the machine is known again; null from a follower of an earlier version.</summary>
    public string? Machine { get; init; }

    /// <summary>Its public key for what is published to stores, as base64; null from a follower of an earlier version.</summary>
    public string? PublicKey { get; init; }

    /// <summary>The invite that it brought; null for none.</summary>
    public InviteGrant? Invite { get; init; }
}

/// <summary>What a request tells of the follower that sent it; null where it says nothing.</summary>
/// <param name="Address">The address it comes from.</param>
/// <param name="Platform"><c>linux</c>, <c>macos</c> or <c>windows</c>.</param>
/// <param name="Version">Codexport version.</param>
/// <param name="Applied">The revision it last applied.</param>
/// <param name="LastError">The name of an <see cref="ErrorCode"/>, or <c>none</c>.</param>
public readonly record struct FollowerSighting(string Address, string? Platform, string? Version, string? Applied, string? LastError)
{
    private const int MaxVersionLength = 32;

    /// <summary>A follower's entry with what was seen of it. What is malformed changes nothing.</summary>
    internal FollowerRecord On(FollowerRecord record, DateTimeOffset now) => record with
    {
        Address = Address,
        Platform = CleanPlatform(Platform) ?? record.Platform,
        Version = CleanVersion(Version) ?? record.Version,
        AppliedRevision = Sha256Hash.TryParse(Applied, out _) ? Applied : record.AppliedRevision,
        LastError = CleanError(LastError, record.LastError),
        LastSeen = now,
    };

    /// <summary>A platform that is known; null for any other word.</summary>
    internal static string? CleanPlatform(string? platform) => platform is "linux" or "macos" or "windows" ? platform : null;

    /// <summary>A version fit to be shown; null when nothing of it is.</summary>
    internal static string? CleanVersion(string? version)
        => NetworkText.Clean(version, MaxVersionLength) is { Length: > 0 } clean ? clean : null;

    private static string? CleanError(string? said, string? before)
        => said == "none" ? null
            : Enum.TryParse<ErrorCode>(said, out var code) && Enum.IsDefined(code) && code.ToString() == said ? said
            : before;
}

/// <summary>What is new about a follower since it was last seen.</summary>
/// <param name="Applied">The revision, when it says for the first time that it applied this one.</param>
/// <param name="Error">The error's code, when it reports one that it did not report before.</param>
/// <param name="IsHealed">Whether it no longer reports the error that it had.</param>
public readonly record struct FollowerNews(string? Applied, string? Error, bool IsHealed);
