using System.Security.Cryptography;

namespace Codexport.Engine.Protocol;

/// <summary>What a key may do in the place of the identity.</summary>
[Flags]
public enum DelegationScope
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Sign heads.</summary>
    Heads = 1,

    /// <summary>Prove in TLS that this is the master.</summary>
    Tls = 2,
}

/// <summary>
/// A statement of the identity that another key, one that is kept on a machine which serves, acts for it until some day. The identity's own
/// key need not be on that machine.
/// </summary>
/// <param name="IdentityKey">The identity's public key as SubjectPublicKeyInfo; its SHA-256 is the fingerprint that followers pin.</param>
/// <param name="Key">The key that acts for it, as SubjectPublicKeyInfo.</param>
/// <param name="Scope">What it may do.</param>
/// <param name="Sequence">
/// Above that of every head and statement before: whoever has accepted something newer of the identity refuses what stands on an older statement.
/// </param>
/// <param name="IssuedAt">When it was signed, UTC, whole seconds.</param>
/// <param name="Expires">From when on it counts no more, UTC, whole seconds.</param>
public sealed record KeyDelegation(
    ReadOnlyMemory<byte> IdentityKey, ReadOnlyMemory<byte> Key, DelegationScope Scope, long Sequence, DateTimeOffset IssuedAt, DateTimeOffset Expires)
{
    /// <summary>The format that this version writes and reads.</summary>
    public const int Version = 1;

    /// <summary>The statement as it was signed.</summary>
    public ReadOnlyMemory<byte> Envelope { get; init; }

    /// <summary>The fingerprint of the identity.</summary>
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(IdentityKey.Span));

    /// <summary>The fingerprint of the key that acts for it.</summary>
    public string KeyFingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(Key.Span));
}

/// <summary>By what a statement of delegation is judged.</summary>
/// <param name="Now">The time, UTC.</param>
/// <param name="Floor">The sequence of the newest thing that the identity itself is known to have signed; older statements were withdrawn.</param>
public sealed record DelegationRules(DateTimeOffset Now, long Floor);
