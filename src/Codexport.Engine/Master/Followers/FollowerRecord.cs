using System.Text.Json.Serialization;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Followers;

/// <summary>One follower as <c>followers.json</c> holds it.</summary>
internal sealed record FollowerRecord
{
    /// <summary>Short identifier.</summary>
    public required string Id { get; init; }

    /// <summary>What the machine calls itself, cleaned.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public required FollowerState State { get; init; }

    /// <summary>SHA-256 of the credential, hexadecimal; the credential itself is the follower's alone.</summary>
    public required string CredentialHash { get; init; }

    /// <summary>The address that it last came from.</summary>
    public required string Address { get; init; }

    /// <summary>Its platform.</summary>
    public required string Platform { get; init; }

    /// <summary>Its Codexport version.</summary>
    public required string Version { get; init; }

    /// <summary>The revision it last applied.</summary>
    public string? AppliedRevision { get; init; }

    /// <summary>When it registered, UTC.</summary>
    public required DateTimeOffset JoinedAt { get; init; }

    /// <summary>When it last asked over TLS, UTC.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>SHA-256 of the secret by which the machine is known again when it joins anew; null for followers of an earlier version.</summary>
    public string? MachineHash { get; init; }

    /// <summary>
    /// The newest invite when it was shut out, see <see cref="InviteGrant.Serial"/>: none of that time lets it in again. Null while it is not.
    /// </summary>
    public long? RevokedAtInvite { get; init; }

    /// <summary>Its public key for what is published to stores, as base64 of a SubjectPublicKeyInfo; null while it has told none.</summary>
    public string? PublicKey { get; init; }

    /// <summary>The group that the person, or the invite that it brought, has put it into; null for none.</summary>
    public string? Group { get; init; }

    /// <summary>The ring that the person has put it into; null for the last one.</summary>
    public string? Ring { get; init; }

    /// <summary>The stable code of the last error it reported.</summary>
    public string? LastError { get; init; }

    /// <summary>What others see of it.</summary>
    public FollowerInfo ToInfo()
        => new(Id, Name, State, Address, Platform, Version, AppliedRevision, RevisionsBehind: null, JoinedAt.LocalDateTime, LastSeen?.LocalDateTime, LastError)
        {
            Group = Group,
            Ring = Ring,
        };
}

/// <summary>A follower that may fetch, as far as publishing to stores needs it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="PublicKey">Its public key as SubjectPublicKeyInfo; null while it has told none.</param>
internal sealed record FollowerPublicKey(string Id, byte[]? PublicKey);

/// <summary>The whole of <c>followers.json</c>.</summary>
/// <param name="Version">Format of the file.</param>
/// <param name="Followers">In the order in which they came.</param>
internal sealed record FollowerBook(int Version, IReadOnlyList<FollowerRecord> Followers);

/// <summary>Reads and writes <see cref="FollowerBook"/> without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FollowerBook))]
internal sealed partial class FollowerBookContext : JsonSerializerContext;
