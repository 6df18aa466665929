using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Protocol;

/// <summary>
/// Writes and reads the signed head: a <see cref="DsseEnvelope"/> over canonical JSON. The key id is the master's fingerprint.
/// Reading uses no serializer: the no-change check of a follower is measured in single milliseconds.
/// </summary>
public static class HeadCodec
{
    /// <summary>The DSSE payload type.</summary>
    public const string PayloadType = "application/vnd.codexport.head+json";

    /// <summary>The longest envelope that is read, in bytes.</summary>
    public const int MaxEnvelopeSize = 1024;

    /// <summary>Signs a head.</summary>
    /// <returns>The envelope: one JSON object in UTF-8, at most <see cref="MaxEnvelopeSize"/> bytes.</returns>
    public static byte[] Sign(Head head, ECDsa key, string fingerprint) => DsseEnvelope.Sign(WritePayload(head), PayloadType, key, fingerprint);

    /// <summary>The fingerprint that an envelope names as its signer's, unproven; null when it is no envelope of a head.</summary>
    internal static string? SignerOf(ReadOnlySpan<byte> envelope)
    {
        try
        {
            return DsseEnvelope.Read(envelope, PayloadType, Invalid).KeyId;
        }
        catch (CodexportException)
        {
            return null;
        }
    }

    /// <summary>Reads an envelope and checks its signature with the pinned key.</summary>
    /// <param name="envelope">What the master sent.</param>
    /// <param name="publicKey">The pinned key as SubjectPublicKeyInfo.</param>
    /// <param name="fingerprint">Its fingerprint, for the message.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HeadInvalid"/> or <see cref="ErrorCode.FingerprintMismatch"/>.</exception>
    public static Head Verify(ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> publicKey, string fingerprint)
    {
        if (envelope.Length > MaxEnvelopeSize)
        {
            throw Invalid($"it is longer than {MaxEnvelopeSize} bytes");
        }

        var (payload, keyId, signature) = DsseEnvelope.Read(envelope, PayloadType, Invalid);
        if (!string.Equals(keyId, fingerprint, StringComparison.Ordinal))
        {
            throw new CodexportException(
                ErrorCode.FingerprintMismatch,
                "The head was signed by another master than the one that this follower trusts.",
                "Check with whoever runs the master. If the master was really set up anew, run 'codexport follower trust' and join again.")
            {
                Details = [new("expected", fingerprint), new("actual", Sha256Hash.TryParse(keyId, out _) ? keyId : "none")],
            };
        }

        return DsseEnvelope.IsSignedBy(payload, PayloadType, signature, publicKey)
            ? ReadPayload(payload)
            : throw Invalid("its signature does not match its content");
    }

    private static byte[] WritePayload(Head head)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("expires"u8, SignedTime.Format(head.Expires));
        json.WriteString("issuedAt"u8, SignedTime.Format(head.IssuedAt));
        json.WriteString("revision"u8, head.Revision.ToString());
        json.WriteNumber("sequence"u8, head.Sequence);
        json.WriteNumber("version"u8, Head.Version);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
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
                    case "expires": expires = SignedTime.Parse(reader.GetString()); break;
                    case "issuedAt": issued = SignedTime.Parse(reader.GetString()); break;
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

            if (found != 5 || sequence <= 0)
            {
                throw Invalid("its payload lacks a field");
            }

            // A repeated member, another order or spelling: two readers could take different things from it.
            var head = new Head(revision, sequence, issued, expires);
            return WritePayload(head).AsSpan().SequenceEqual(payload) ? head : throw Invalid("its payload is not in the one form that a head has");
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            throw Invalid("its payload is malformed", error);
        }
    }

    private static CodexportException Invalid(string what, Exception? inner = null) => new(
        ErrorCode.HeadInvalid,
        $"The master's signed head was refused: {what}.",
        "Nothing was changed. If it lasts, check the network between follower and master, and the master's log.",
        inner: inner);
}
