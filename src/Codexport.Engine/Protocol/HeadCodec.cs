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
    public const int MaxEnvelopeSize = 4096;

    /// <summary>The longest envelope of a head of version 1, which is all that the first followers read.</summary>
    public const int MaxFirstEnvelopeSize = 1024;

    /// <summary>Signs a head with the key of an identity, or with one that acts for it.</summary>
    /// <param name="head">The head.</param>
    /// <param name="key">The key that signs.</param>
    /// <param name="fingerprint">That key's fingerprint.</param>
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

    /// <summary>Reads an envelope and checks its signature with the pinned key, or with a key that the pinned one lets act for it.</summary>
    /// <param name="envelope">What the master sent.</param>
    /// <param name="publicKey">The pinned key as SubjectPublicKeyInfo.</param>
    /// <param name="fingerprint">Its fingerprint, for the message.</param>
    /// <param name="rules">By what a delegation is judged; null where only its signature counts, as for a head that is kept.</param>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.HeadInvalid"/>, <see cref="ErrorCode.FingerprintMismatch"/> or <see cref="ErrorCode.DelegationRefused"/>.
    /// </exception>
    public static Head Verify(ReadOnlySpan<byte> envelope, ReadOnlySpan<byte> publicKey, string fingerprint, DelegationRules? rules = null)
    {
        if (envelope.Length > MaxEnvelopeSize)
        {
            throw Invalid($"it is longer than {MaxEnvelopeSize} bytes");
        }

        var (payload, keyId, signature) = DsseEnvelope.Read(envelope, PayloadType, Invalid);
        var isIdentity = string.Equals(keyId, fingerprint, StringComparison.Ordinal);
        var delegation = isIdentity ? null : DelegationIn(payload, keyId, fingerprint);
        if (delegation is not null && rules is not null)
        {
            KeyDelegationCodec.Require(delegation, DelegationScope.Heads, rules);
        }

        if (!DsseEnvelope.IsSignedBy(payload, PayloadType, signature, isIdentity ? publicKey : delegation!.Key.Span))
        {
            throw Invalid("its signature does not match its content");
        }

        var head = ReadPayload(payload);
        return isIdentity && head.Delegation is not null ? throw Invalid("the identity signed it and yet it names a delegation")
            : head.LeastVersion == Head.FirstVersion && envelope.Length > MaxFirstEnvelopeSize ? throw Invalid($"it is longer than {MaxFirstEnvelopeSize} bytes")
            : head;
    }

    // The statement that lets the key of this id sign for the pinned one; nothing else in the payload counts before its signature is checked.
    private static KeyDelegation DelegationIn(ReadOnlySpan<byte> payload, string keyId, string fingerprint)
    {
        KeyDelegation? delegation = null;
        try
        {
            delegation = ReadPayload(payload).Delegation;
        }
        catch (CodexportException error) when (error.Code is ErrorCode.HeadInvalid or ErrorCode.ProtocolVersion)
        {
            // Whose head it is decides: another master's may have any form.
        }

        return delegation is not null && delegation.Fingerprint == fingerprint && delegation.KeyFingerprint == keyId
            ? delegation
            : throw new CodexportException(
                ErrorCode.FingerprintMismatch,
                "The head was signed by another master than the one that this follower trusts.",
                "Check with whoever runs the master. If the master was really set up anew, run 'codexport follower trust' and join again.")
            {
                Details = [new("expected", fingerprint), new("actual", Sha256Hash.TryParse(keyId, out _) ? keyId : "none")],
            };
    }

    private static byte[] WritePayload(Head head)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (head.Delegation is { } delegation)
        {
            json.WriteBase64String("delegation"u8, delegation.Envelope.Span);
        }

        if (head.Epoch is { } epoch)
        {
            json.WriteNumber("epoch"u8, epoch);
        }

        json.WriteString("expires"u8, SignedTime.Format(head.Expires));
        json.WriteString("issuedAt"u8, SignedTime.Format(head.IssuedAt));
        if (head.Keyring is { } keyring)
        {
            json.WriteString("keyring"u8, keyring.ToString());
        }

        json.WriteString("revision"u8, head.Revision.ToString());
        if (head.Ring is { } ring)
        {
            json.WriteString("ring"u8, ring);
        }

        json.WriteNumber("sequence"u8, head.Sequence);
        json.WriteNumber("version"u8, head.LeastVersion);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static Head ReadPayload(ReadOnlySpan<byte> payload)
    {
        try
        {
            var fields = new Fields();
            var reader = new Utf8JsonReader(payload);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                var name = reader.GetString();
                reader.Read();
                fields.Take(name, ref reader);
            }

            if (fields.Version is < Head.FirstVersion or > Head.NewestVersion)
            {
                throw OtherVersion(fields.Version);
            }

            // A repeated member, another order or spelling: two readers could take different things from it.
            var head = fields.ToHead();
            return WritePayload(head).AsSpan().SequenceEqual(payload) ? head : throw Invalid("its payload is not in the one form that a head has");
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            throw Invalid("its payload is malformed", error);
        }
    }

    private static CodexportException OtherVersion(long version) => new(
        ErrorCode.ProtocolVersion,
        $"The master signs heads of version {version}; this follower reads versions {Head.FirstVersion} to {Head.NewestVersion}.",
        version > Head.NewestVersion ? "Update Codexport on this follower." : "Update Codexport on the master.");

    // A struct: the no-change check allocates little.
    private ref struct Fields
    {
        private Sha256Hash? _revision;
        private Sha256Hash? _keyring;
        private KeyDelegation? _delegation;
        private string? _ring;
        private long? _epoch;
        private long _sequence;
        private DateTimeOffset _issued;
        private DateTimeOffset _expires;

        public long Version { get; private set; }

        public void Take(string? name, ref Utf8JsonReader reader)
        {
            switch (name)
            {
                case "delegation": _delegation = KeyDelegationCodec.Read(reader.GetBytesFromBase64()); break;
                case "epoch": _epoch = reader.GetInt64(); break;
                case "expires": _expires = SignedTime.Parse(reader.GetString()); break;
                case "issuedAt": _issued = SignedTime.Parse(reader.GetString()); break;
                case "keyring" when Sha256Hash.TryParse(reader.GetString(), out var hash): _keyring = hash; break;
                case "revision" when Sha256Hash.TryParse(reader.GetString(), out var hash): _revision = hash; break;
                case "ring" when Head.IsRing(reader.GetString()): _ring = reader.GetString(); break;
                case "sequence": _sequence = reader.GetInt64(); break;
                case "version": Version = reader.GetInt64(); break;
                default: throw Invalid("its payload has an unknown field");
            }
        }

        public readonly Head ToHead()
            => _revision is { } revision && _sequence > 0 && _epoch is null or > 0 && _epoch is null == _keyring is null
                ? new Head(revision, _sequence, _issued, _expires) { Epoch = _epoch, Keyring = _keyring, Ring = _ring, Delegation = _delegation }
                : throw Invalid("its payload lacks a field");
    }

    private static CodexportException Invalid(string what, Exception? inner = null) => new(
        ErrorCode.HeadInvalid,
        $"The master's signed head was refused: {what}.",
        "Nothing was changed. If it lasts, check the network between follower and master, and the master's log.",
        inner: inner);
}
