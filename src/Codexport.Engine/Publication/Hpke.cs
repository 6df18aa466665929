using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Codexport.Engine.Publication;

/// <summary>
/// HPKE in base mode (RFC 9180) for one message: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Whoever has the public key seals,
/// whoever has the private one opens; nothing is said of who sealed, which the signed head does.
/// </summary>
internal static class Hpke
{
    /// <summary>Bytes of the encapsulated key that goes before the ciphertext: an uncompressed point.</summary>
    public const int EncapsulatedSize = 65;

    /// <summary>Bytes that a sealed message has more than the message.</summary>
    public const int Overhead = EncapsulatedSize + TagSize;

    private const int TagSize = 16;
    private const int NonceSize = 12;
    private const int HashSize = 32;

    /// <summary>AES-256-GCM in the registry of RFC 9180; the tests take that of its own vectors, AES-128-GCM, too.</summary>
    internal const ushort Aes256Gcm = 2;

    private static ReadOnlySpan<byte> VersionLabel => "HPKE-v1"u8;

    // "KEM" and the identifier of DHKEM(P-256, HKDF-SHA256).
    private static ReadOnlySpan<byte> KemSuite => [(byte)'K', (byte)'E', (byte)'M', 0x00, 0x10];

    /// <summary>Seals a message for one recipient.</summary>
    /// <param name="recipient">Its public key.</param>
    /// <param name="info">What the message is for; opening needs the same.</param>
    /// <param name="associated">What else is bound to it; opening needs the same.</param>
    /// <param name="message">The message.</param>
    /// <returns>The encapsulated key and the ciphertext.</returns>
    public static byte[] Seal(ECDiffieHellman recipient, ReadOnlySpan<byte> info, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> message)
    {
        using var ephemeral = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Seal(ephemeral, recipient, info, associated, message, Aes256Gcm);
    }

    /// <summary>The same with a given ephemeral key, which vectors name.</summary>
    internal static byte[] Seal(
        ECDiffieHellman ephemeral, ECDiffieHellman recipient, ReadOnlySpan<byte> info, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> message, ushort aead)
    {
        var enc = PointOf(ephemeral);
        using var publicKey = recipient.PublicKey;
        var secret = ephemeral.DeriveRawSecretAgreement(publicKey);
        var (key, nonce) = Schedule(secret, enc, PointOf(recipient), info, aead);
        var result = new byte[enc.Length + message.Length + TagSize];
        enc.CopyTo(result, 0);
        using var cipher = new AesGcm(key, TagSize);
        cipher.Encrypt(nonce, message, result.AsSpan(enc.Length, message.Length), result.AsSpan(enc.Length + message.Length), associated);
        Wipe(secret, key);
        return result;
    }

    /// <summary>Opens a message.</summary>
    /// <returns>Null when it was not sealed for this key, with this info and associated data, or was changed.</returns>
    public static byte[]? TryOpen(ECDiffieHellman recipient, ReadOnlySpan<byte> info, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> message)
        => TryOpen(recipient, info, associated, message, Aes256Gcm);

    internal static byte[]? TryOpen(
        ECDiffieHellman recipient, ReadOnlySpan<byte> info, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> message, ushort aead)
    {
        if (message.Length < Overhead || message[0] != 4)
        {
            return null;
        }

        try
        {
            var enc = message[..EncapsulatedSize].ToArray();
            using var ephemeral = FromPoint(enc);
            using var publicKey = ephemeral.PublicKey;
            var secret = recipient.DeriveRawSecretAgreement(publicKey);
            var (key, nonce) = Schedule(secret, enc, PointOf(recipient), info, aead);
            var result = new byte[message.Length - Overhead];
            using var cipher = new AesGcm(key, TagSize);
            cipher.Decrypt(nonce, message[EncapsulatedSize..^TagSize], message[^TagSize..], result, associated);
            Wipe(secret, key);
            return result;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>A public key as an uncompressed point.</summary>
    internal static byte[] PointOf(ECDiffieHellman key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var bytes = new byte[EncapsulatedSize];
        bytes[0] = 4;
        point.X!.CopyTo(bytes, 1 + 32 - point.X.Length);
        point.Y!.CopyTo(bytes, 33 + 32 - point.Y.Length);
        return bytes;
    }

    /// <summary>The key of an uncompressed point; importing refuses a point that is not on the curve.</summary>
    /// <exception cref="CryptographicException">It is not on the curve.</exception>
    internal static ECDiffieHellman FromPoint(ReadOnlySpan<byte> point) => ECDiffieHellman.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = point[1..33].ToArray(), Y = point[33..65].ToArray() },
    });

    private static (byte[] Key, byte[] Nonce) Schedule(byte[] agreement, byte[] enc, byte[] recipient, ReadOnlySpan<byte> info, ushort aead)
    {
        var prk = Extract([], KemSuite, "eae_prk"u8, agreement);
        var shared = Expand(prk, KemSuite, "shared_secret"u8, [.. enc, .. recipient], HashSize);

        // "HPKE", the KEM, HKDF-SHA256 and the cipher.
        byte[] suite = [(byte)'H', (byte)'P', (byte)'K', (byte)'E', 0x00, 0x10, 0x00, 0x01, (byte)(aead >> 8), (byte)aead];
        var idHash = Extract([], suite, "psk_id_hash"u8, []);
        var infoHash = Extract([], suite, "info_hash"u8, info);
        byte[] context = [0, .. idHash, .. infoHash];
        var secret = Extract(shared, suite, "secret"u8, []);
        var result = (
            Expand(secret, suite, "key"u8, context, aead == Aes256Gcm ? 32 : 16),
            Expand(secret, suite, "base_nonce"u8, context, NonceSize));
        Wipe(prk, shared);
        Wipe(secret, context);
        return result;
    }

    private static byte[] Extract(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> suite, ReadOnlySpan<byte> label, ReadOnlySpan<byte> material)
    {
        var prk = new byte[HashSize];
        HKDF.Extract(HashAlgorithmName.SHA256, (byte[])[.. VersionLabel, .. suite, .. label, .. material], salt, prk);
        return prk;
    }

    private static byte[] Expand(byte[] prk, ReadOnlySpan<byte> suite, ReadOnlySpan<byte> label, ReadOnlySpan<byte> info, int length)
    {
        Span<byte> size = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(size, (ushort)length);
        var result = new byte[length];
        HKDF.Expand(HashAlgorithmName.SHA256, prk, result, (byte[])[.. size, .. VersionLabel, .. suite, .. label, .. info]);
        return result;
    }

    private static void Wipe(byte[] first, byte[] second)
    {
        CryptographicOperations.ZeroMemory(first);
        CryptographicOperations.ZeroMemory(second);
    }
}
