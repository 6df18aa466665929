using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Protocol;

/// <summary>Writes and reads statements of rotation: <see cref="DsseEnvelope"/>s over canonical JSON, as heads are.</summary>
internal static class KeyRotationCodec
{
    /// <summary>The DSSE payload type.</summary>
    public const string PayloadType = "application/vnd.codexport.key-rotation+json";

    /// <summary>The longest statement that is read, in bytes.</summary>
    public const int MaxSize = 1024;

    // A SubjectPublicKeyInfo of an uncompressed P-256 point begins so; other curves and algorithms do not.
    private static readonly byte[] PublicKeyPrefix = Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

    /// <summary>Whether this is the SubjectPublicKeyInfo of a P-256 key; the point itself is looked at when it is used.</summary>
    public static bool IsPublicKey(ReadOnlySpan<byte> key) => key.Length == PublicKeyPrefix.Length + 64 && key.StartsWith(PublicKeyPrefix);

    /// <summary>Signs a statement with the old key.</summary>
    public static byte[] Sign(KeyRotation rotation, ECDsa oldKey)
    {
        return DsseEnvelope.Sign(WritePayload(rotation), PayloadType, oldKey, rotation.OldFingerprint);
    }

    private static byte[] WritePayload(KeyRotation rotation)
    {
        var buffer = new ArrayBufferWriter<byte>(384);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("issuedAt"u8, SignedTime.Format(rotation.IssuedAt));
        json.WriteBase64String("newKey"u8, rotation.NewKey.Span);
        json.WriteString("oldFingerprint"u8, rotation.OldFingerprint);
        json.WriteNumber("sequence"u8, rotation.Sequence);
        json.WriteNumber("version"u8, KeyRotation.Version);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a statement; whose signature it bears is checked by <see cref="IsSignedBy"/>.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HeadInvalid"/>.</exception>
    public static KeyRotation Read(ReadOnlySpan<byte> envelope)
    {
        var (payload, keyId, _) = Open(envelope);
        var rotation = ReadPayload(payload);
        return rotation.OldFingerprint == keyId ? rotation : throw Invalid("its key id is not the old fingerprint");
    }

    /// <summary>Whether the statement was signed by this key.</summary>
    public static bool IsSignedBy(ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> publicKey)
    {
        var (payload, _, signature) = Open(envelope);
        return DsseEnvelope.IsSignedBy(payload, PayloadType, signature, publicKey);
    }

    private static (byte[] Payload, string KeyId, byte[] Signature) Open(ReadOnlySpan<byte> envelope) => envelope.Length <= MaxSize
        ? DsseEnvelope.Read(envelope, PayloadType, Invalid)
        : throw Invalid($"it is longer than {MaxSize} bytes");

    private static KeyRotation ReadPayload(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload);
            var (found, sequence, version) = (0, 0L, 0L);
            byte[]? newKey = null;
            string? old = null;
            DateTimeOffset issued = default;
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                var name = reader.GetString();
                reader.Read();
                found++;
                switch (name)
                {
                    case "issuedAt": issued = SignedTime.Parse(reader.GetString()); break;
                    case "newKey" when newKey is null: newKey = reader.GetBytesFromBase64(); break;
                    case "oldFingerprint" when old is null: old = reader.GetString(); break;
                    case "sequence": sequence = reader.GetInt64(); break;
                    case "version": version = reader.GetInt64(); break;
                    default: throw Invalid("its payload has an unknown or repeated field");
                }
            }

            var rotation = found == 5 && version == KeyRotation.Version && sequence > 0 && Sha256Hash.TryParse(old, out _) && IsPublicKey(newKey)
                ? new KeyRotation(old!, newKey, sequence, issued)
                : throw Invalid("its payload lacks a field or holds what no statement holds");
            return WritePayload(rotation).AsSpan().SequenceEqual(payload)
                ? rotation
                : throw Invalid("its payload is not in the one form that a statement has");
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            throw Invalid("its payload is malformed", error);
        }
    }

    private static CodexportException Invalid(string what, Exception? inner = null) => new(
        ErrorCode.HeadInvalid,
        $"A statement of the master's change of keys was refused: {what}.",
        "Nothing was changed. Ask whoever runs the master.",
        inner: inner);
}
