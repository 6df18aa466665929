using System.Text.Json.Serialization;

namespace Codexport.Engine.Protocol;

/// <summary>The body of <c>POST /v1/followers</c>.</summary>
/// <param name="Invite">The invite of the join link; null when the link has none.</param>
/// <param name="Name">What the machine is called.</param>
/// <param name="Platform">Its platform.</param>
/// <param name="Version">Its Codexport version.</param>
/// <param name="Machine">A secret of this machine for this master, which proves later that it is the same one.</param>
public sealed record JoinRequest(string? Invite, string? Name, string? Platform, string? Version, string? Machine)
{
    /// <summary>The public key for which the master wraps the keys of what it publishes to stores, as base64; null to tell none.</summary>
    public string? Key { get; init; }

    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"{nameof(JoinRequest)} {{ {Name} }}";
}

/// <summary>Whether a follower that joined may fetch at once.</summary>
public enum JoinState
{
    /// <summary>It may.</summary>
    Approved,

    /// <summary>A person must let it in first.</summary>
    Pending,
}

/// <summary>The answer to <c>POST /v1/followers</c>.</summary>
/// <param name="Id">The follower's id.</param>
/// <param name="Credential">Its credential, told this once.</param>
/// <param name="State">Whether it may fetch.</param>
/// <param name="Name">What the master calls it.</param>
public sealed record JoinAnswer(string? Id, string? Credential, JoinState? State, string? Name)
{
    /// <summary>What <see cref="Key"/> says when the master has kept the public key that it was told.</summary>
    public const string KeyKept = "kept";

    /// <summary>Whether the master has kept the public key; null when it was told none.</summary>
    public string? Key { get; init; }

    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"{nameof(JoinAnswer)} {{ {Id}, {State} }}";
}

/// <summary>The body of <c>PUT /v1/followers/self</c>.</summary>
/// <param name="Key">The follower's public key, as base64 of a SubjectPublicKeyInfo.</param>
public sealed record KeyRequest(string? Key);

/// <summary>The body of every error.</summary>
/// <param name="Error">What went wrong.</param>
public sealed record ErrorAnswer(ErrorWords? Error);

/// <summary>What went wrong.</summary>
/// <param name="Code">The name of an error code.</param>
/// <param name="Message">A whole sentence.</param>
public sealed record ErrorWords(string? Code, string? Message);

/// <summary>The body of <c>GET /healthz</c>.</summary>
/// <param name="Status">Always <c>ok</c>: a server that is not well gives no answer.</param>
public sealed record HealthAnswer(string Status);

/// <summary>Writes and reads the small bodies of the wire protocol, the same for master and follower, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 8,
    Converters = [typeof(JoinStateConverter)])]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinAnswer))]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
public sealed partial class WireJson : JsonSerializerContext;

/// <summary>Writes states as words, and reads nothing else.</summary>
internal sealed class JoinStateConverter() : JsonStringEnumConverter<JoinState>(System.Text.Json.JsonNamingPolicy.CamelCase, allowIntegerValues: false);
