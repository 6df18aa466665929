using System.Security.Cryptography;

namespace Codexport.Engine.Protocol;

/// <summary>A statement of one key that another takes its place; signed by the old one.</summary>
/// <param name="OldFingerprint">Fingerprint of the key that signs.</param>
/// <param name="NewKey">The key that takes its place, as SubjectPublicKeyInfo.</param>
/// <param name="Sequence">Above every head of the old key, below every head of the new one.</param>
/// <param name="IssuedAt">When it was signed, UTC, whole seconds.</param>
internal sealed record KeyRotation(string OldFingerprint, ReadOnlyMemory<byte> NewKey, long Sequence, DateTimeOffset IssuedAt)
{
    /// <summary>The format that this version writes and reads.</summary>
    public const int Version = 1;

    /// <summary>Fingerprint of <see cref="NewKey"/>.</summary>
    public string NewFingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(NewKey.Span));
}
