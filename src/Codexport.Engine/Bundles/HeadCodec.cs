using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Codexport.Engine.Bundles;

/// <summary>
/// Writes and reads the signed head: a DSSE envelope (https://github.com/secure-systems-lab/dsse, payload encoded as PAE version 1) over
/// canonical JSON, signed with ECDSA P-256 and SHA-256 in DER form. The key id is the master's fingerprint.
/// Reading uses no serializer: the no-change check of a follower is measured in single milliseconds.
/// </summary>
public static class HeadCodec
{
    /// <summary>The DSSE payload type.</summary>
    public const string PayloadType = "application/vnd.codexport.head+json";

    /// <summary>The longest envelope that is read, in bytes.</summary>
    public const int MaxEnvelopeSize = 1024;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>Signs a head.</summary>
    /// <returns>The envelope: one JSON object in UTF-8, at most <see cref="MaxEnvelopeSize"/> bytes.</returns>
    public static byte[] Sign(Head head, ECDsa key, string fingerprint)
    {
        var payload = WritePayload(head);
        var signature = key.SignData(PreAuthenticationEncoding(payload), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteBase64String("payload"u8, payload);
        json.WriteString("payloadType"u8, PayloadType);
        json.WriteStartArray("signatures"u8);
        json.WriteStartObject();
        json.WriteString("keyid"u8, fingerprint);
        json.WriteBase64String("sig"u8, signature);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads an envelope and checks its signature with the pinned key.</summary>
    /// <param name="envelope">What the master sent.</param>
    /// <param name="publicKey">The pinned key as SubjectPublicKeyInfo.</param>
    /// <param name="fingerprint">Its fingerprint, for the message.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HeadInvalid"/> or <see cref="ErrorCode.FingerprintMismatch"/>.</exception>
    public static Head Verify(ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> publicKey, string fingerprint)
    {
        var (payload, keyId, signature) = ReadEnvelope(envelope);
        if (!string.Equals(keyId, fingerprint, StringComparison.Ordinal))
        {
            throw new CodexportException(
                ErrorCode.FingerprintMismatch,
                "The head was signed by another master than the one that this follower trusts.",
                "Check with whoever runs the master. If the master was really set up anew, run 'codexport follower trust' and join again.")
            {
                Details = [new("expected", fingerprint), new("actual", keyId)],
            };
        }

        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        if (!key.VerifyData(PreAuthenticationEncoding(payload), signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
        {
            throw Invalid("its signature does not match its content");
        }

        return ReadPayload(payload);
    }

    private static byte[] WritePayload(Head head)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("expires"u8, Format(head.Expires));
        json.WriteString("issuedAt"u8, Format(head.IssuedAt));
        json.WriteString("revision"u8, head.Revision.ToString());
        json.WriteNumber("sequence"u8, head.Sequence);
        json.WriteNumber("version"u8, Head.Version);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static (byte[] Payload, string KeyId, byte[] Signature) ReadEnvelope(ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length > MaxEnvelopeSize)
        {
            throw Invalid($"it is longer than {MaxEnvelopeSize} bytes");
        }

        byte[]? payload = null;
        byte[]? signature = null;
        string? keyId = null;
        var typeIsRight = false;
        try
        {
            // Flat on purpose: the names are unique over both levels, and what is unknown or repeated is refused.
            var reader = new Utf8JsonReader(envelope);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                if (reader.ValueTextEquals("payload"u8) && payload is null)
                {
                    reader.Read();
                    payload = reader.GetBytesFromBase64();
                }
                else if (reader.ValueTextEquals("payloadType"u8) && !typeIsRight)
                {
                    reader.Read();
                    typeIsRight = reader.ValueTextEquals(PayloadType);
                }
                else if (reader.ValueTextEquals("keyid"u8) && keyId is null)
                {
                    reader.Read();
                    keyId = reader.GetString();
                }
                else if (reader.ValueTextEquals("sig"u8) && signature is null)
                {
                    reader.Read();
                    signature = reader.GetBytesFromBase64();
                }
                else if (!reader.ValueTextEquals("signatures"u8))
                {
                    throw Invalid("it has an unknown or repeated field");
                }
            }
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            throw Invalid("it is no DSSE envelope", error);
        }

        return payload is not null && signature is not null && keyId is not null && typeIsRight
            ? (payload, keyId, signature)
            : throw Invalid("it lacks a field or is of another payload type");
    }

    private static Head ReadPayload(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload);
            Sha256Hash revision = default;
            var found = 0;
            long sequence = 0;
            long version = 0;
            DateTimeOffset issued = default;
            DateTimeOffset expires = default;
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
                    case "expires": expires = ParseTime(reader.GetString()); break;
                    case "issuedAt": issued = ParseTime(reader.GetString()); break;
                    case "revision" when Sha256Hash.TryParse(reader.GetString(), out var hash): revision = hash; break;
                    case "sequence": sequence = reader.GetInt64(); break;
                    case "version": version = reader.GetInt64(); break;
                    default: throw Invalid("its payload has an unknown field");
                }
            }

            if (version != Head.Version)
            {
                throw new CodexportException(
                    ErrorCode.ProtocolVersion,
                    $"The master signs heads of version {version}; this follower reads version {Head.Version}.",
                    version > Head.Version ? "Update Codexport on this follower." : "Update Codexport on the master.");
            }

            return found == 5 && sequence > 0 ? new Head(revision, sequence, issued, expires) : throw Invalid("its payload lacks a field");
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            throw Invalid("its payload is malformed", error);
        }
    }

    private static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static DateTimeOffset ParseTime(string? text) => DateTimeOffset.ParseExact(
        text ?? string.Empty, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static byte[] PreAuthenticationEncoding(ReadOnlySpan<byte> payload)
    {
        var prefix = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {PayloadType.Length} {PayloadType} {payload.Length} "));
        return [.. prefix, .. payload];
    }

    private static CodexportException Invalid(string what, Exception? inner = null) => new(
        ErrorCode.HeadInvalid,
        $"The master's signed head was refused: {what}.",
        "Nothing was changed. If it lasts, check the network between follower and master, and the master's log.",
        inner: inner);
}
