using System.Buffers;
using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Protocol;

/// <summary>Writes, reads and judges statements of delegation: <see cref="DsseEnvelope"/>s over canonical JSON, as heads are.</summary>
internal static class KeyDelegationCodec
{
    /// <summary>The DSSE payload type.</summary>
    public const string PayloadType = "application/vnd.codexport.key-delegation+json";

    /// <summary>The longest statement that is read, in bytes.</summary>
    public const int MaxSize = 1536;

    /// <summary>Signs a statement with the identity's key.</summary>
    public static KeyDelegation Sign(KeyDelegation delegation, ECDsa identity)
        => delegation with { Envelope = DsseEnvelope.Sign(WritePayload(delegation), PayloadType, identity, delegation.Fingerprint) };

    /// <summary>Reads a statement and checks that the identity which it names has signed it; whether that one is trusted is the caller's question.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HeadInvalid"/>.</exception>
    public static KeyDelegation Read(ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length > MaxSize)
        {
            throw Invalid($"it is longer than {MaxSize} bytes");
        }

        var (payload, keyId, signature) = DsseEnvelope.Read(envelope, PayloadType, Invalid);
        var delegation = ReadPayload(payload) with { Envelope = envelope.ToArray() };
        return delegation.Fingerprint == keyId && DsseEnvelope.IsSignedBy(payload, PayloadType, signature, delegation.IdentityKey.Span)
            ? delegation
            : throw Invalid("its signature is not that of the identity which it names");
    }

    /// <summary>The statement as a certificate's comment holds it.</summary>
    public static X509Extension ToExtension(KeyDelegation delegation)
    {
        var text = new AsnWriter(AsnEncodingRules.DER);
        text.WriteCharacterString(UniversalTagNumber.IA5String, Encoding.ASCII.GetString(delegation.Envelope.Span));
        return new X509Extension(ProtocolConstants.CommentExtension, text.Encode(), critical: false);
    }

    /// <summary>The statement in a certificate's comment; null when there is none.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HeadInvalid"/>.</exception>
    public static KeyDelegation? In(X509Certificate2 certificate)
    {
        if (certificate.Extensions[ProtocolConstants.CommentExtension] is not { } extension)
        {
            return null;
        }

        try
        {
            return Read(Encoding.ASCII.GetBytes(AsnDecoder.ReadCharacterString(extension.RawData, AsnEncodingRules.DER, UniversalTagNumber.IA5String, out _)));
        }
        catch (AsnContentException error)
        {
            throw Invalid("it is not a text", error);
        }
    }

    /// <summary>Fails unless a statement of the pinned identity is in force and covers this.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.DelegationRefused"/>.</exception>
    public static void Require(KeyDelegation delegation, DelegationScope scope, DelegationRules rules)
    {
        if ((delegation.Scope & scope) != scope)
        {
            throw Refused(delegation, $"it does not cover {(scope == DelegationScope.Tls ? "serving over TLS" : "signing heads")}", "Renew it on the master with 'codexport master identity delegate'.");
        }

        if (delegation.Expires <= rules.Now)
        {
            throw Refused(
                delegation, string.Create(CultureInfo.InvariantCulture, $"it expired on {delegation.Expires:yyyy-MM-dd HH:mm} UTC"),
                "Renew it on the master with 'codexport master identity delegate'; look whether this machine's clock is right.");
        }

        if (delegation.Sequence < rules.Floor)
        {
            throw Refused(delegation, "the identity has withdrawn it: a newer statement or head of its own is known here", "Look whether an old machine still serves in the master's place.");
        }
    }

    private static byte[] WritePayload(KeyDelegation delegation)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("expires"u8, SignedTime.Format(delegation.Expires));
        json.WriteBase64String("identity"u8, delegation.IdentityKey.Span);
        json.WriteString("issuedAt"u8, SignedTime.Format(delegation.IssuedAt));
        json.WriteBase64String("key"u8, delegation.Key.Span);
        json.WriteStartArray("scope"u8);
        if (delegation.Scope.HasFlag(DelegationScope.Heads))
        {
            json.WriteStringValue("heads"u8);
        }

        if (delegation.Scope.HasFlag(DelegationScope.Tls))
        {
            json.WriteStringValue("tls"u8);
        }

        json.WriteEndArray();
        json.WriteNumber("sequence"u8, delegation.Sequence);
        json.WriteNumber("version"u8, KeyDelegation.Version);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static KeyDelegation ReadPayload(ReadOnlySpan<byte> payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload);
            byte[]? identity = null, key = null;
            var (sequence, version, scope) = (0L, 0L, DelegationScope.None);
            DateTimeOffset issued = default, expires = default;
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                var name = reader.GetString();
                reader.Read();
                switch (name)
                {
                    case "expires": expires = SignedTime.Parse(reader.GetString()); break;
                    case "identity": identity = reader.GetBytesFromBase64(); break;
                    case "issuedAt": issued = SignedTime.Parse(reader.GetString()); break;
                    case "key": key = reader.GetBytesFromBase64(); break;
                    case "scope": scope = ReadScope(ref reader); break;
                    case "sequence": sequence = reader.GetInt64(); break;
                    case "version": version = reader.GetInt64(); break;
                    default: throw Invalid("its payload has an unknown field");
                }
            }

            if (version != KeyDelegation.Version || sequence <= 0 || scope == DelegationScope.None
                || !KeyRotationCodec.IsPublicKey(identity) || !KeyRotationCodec.IsPublicKey(key))
            {
                throw Invalid("its payload lacks a field or holds what no statement holds");
            }

            var delegation = new KeyDelegation(identity, key, scope, sequence, issued, expires);
            return WritePayload(delegation).AsSpan().SequenceEqual(payload)
                ? delegation
                : throw Invalid("its payload is not in the one form that a statement has");
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            throw Invalid("its payload is malformed", error);
        }
    }

    private static DelegationScope ReadScope(ref Utf8JsonReader reader)
    {
        var scope = DelegationScope.None;
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            scope |= reader.ValueTextEquals("heads"u8) ? DelegationScope.Heads
                : reader.ValueTextEquals("tls"u8) ? DelegationScope.Tls
                : throw new FormatException("The scope holds an unknown word.");
        }

        return scope;
    }

    private static CodexportException Refused(KeyDelegation delegation, string why, string remedy) => new(
        ErrorCode.DelegationRefused,
        $"The master's key {delegation.KeyFingerprint[..16]}… acts on a statement of the identity that counts no more: {why}.",
        remedy)
    {
        Details = [new("key", delegation.KeyFingerprint), new("identity", delegation.Fingerprint)],
    };

    private static CodexportException Invalid(string what, Exception? inner = null) => new(
        ErrorCode.HeadInvalid,
        $"A statement of the identity about the key that acts for it was refused: {what}.",
        "Nothing was changed. Ask whoever runs the master.",
        inner: inner);
}
