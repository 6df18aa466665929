using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Protocol;

/// <summary>
/// DSSE envelopes (https://github.com/secure-systems-lab/dsse, payload encoded as PAE version 1) with one ECDSA P-256 signature over SHA-256
/// in DER form. Reading uses no serializer.
/// </summary>
internal static class DsseEnvelope
{
    /// <summary>Makes the error for an envelope that is refused, from what is wrong with it.</summary>
    public delegate CodexportException Refusal(string what, Exception? cause);

    /// <summary>Signs a payload.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> payload, string payloadType, ECDsa key, string keyId)
    {
        var signature = key.SignData(Encode(payload, payloadType), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Print(payload, payloadType, keyId, signature);
    }

    private static byte[] Print(ReadOnlySpan<byte> payload, string payloadType, string keyId, ReadOnlySpan<byte> signature)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteBase64String("payload"u8, payload);
        json.WriteString("payloadType"u8, payloadType);
        json.WriteStartArray("signatures"u8);
        json.WriteStartObject();
        json.WriteString("keyid"u8, keyId);
        json.WriteBase64String("sig"u8, signature);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Takes an envelope apart; its signature is not checked. Accepted is exactly the form that <see cref="Sign"/> gives.</summary>
    public static (byte[] Payload, string KeyId, byte[] Signature) Read(ReadOnlySpan<byte> envelope, string payloadType, Refusal refusal)
    {
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
                    typeIsRight = reader.ValueTextEquals(payloadType);
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
                    throw refusal("it has an unknown or repeated field", null);
                }
            }
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            throw refusal("it is no DSSE envelope", error);
        }

        if (payload is null || signature is null || keyId is null || !typeIsRight)
        {
            throw refusal("it lacks a field or is of another payload type", null);
        }

        // Two readers that take different things for the same would trust different things.
        return Print(payload, payloadType, keyId, signature).AsSpan().SequenceEqual(envelope)
            ? (payload, keyId, signature)
            : throw refusal("it is not in the one form that an envelope has", null);
    }

    /// <summary>Whether the signature over a payload is that key's.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="payloadType">Its type, which is signed with it.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="publicKey">The key as SubjectPublicKeyInfo.</param>
    public static bool IsSignedBy(ReadOnlySpan<byte> payload, string payloadType, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key.VerifyData(Encode(payload, payloadType), signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static byte[] Encode(ReadOnlySpan<byte> payload, string payloadType)
    {
        var prefix = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {payloadType.Length} {payloadType} {payload.Length} "));
        return [.. prefix, .. payload];
    }
}
