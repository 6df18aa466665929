using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Master.Identity;

/// <summary>What the passphrase of an exported identity must be, and what is made from it.</summary>
public static class IdentityPassphrase
{
    /// <summary>Characters that a passphrase has at least.</summary>
    public const int MinLength = 12;

    /// <summary>Characters that a passphrase has at most.</summary>
    public const int MaxLength = 1024;

    /// <summary>Rounds of PBKDF2 with SHA-256, for the key and for the rest.</summary>
    internal const int Iterations = 600_000;

    // What somebody else wrote may not keep this machine busy for hours.
    private const int MaxIterations = 20_000_000;

    /// <summary>How the key is encrypted: PBES2 with AES-256-CBC and PBKDF2-SHA256.</summary>
    internal static PbeParameters Parameters { get; } = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations);

    /// <summary>
    /// Refuses what is not text: the encryption would take every half character for the same one, so that different passphrases were one.
    /// It is in no message.
    /// </summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/>.</exception>
    public static void RequireText(ReadOnlySpan<char> passphrase)
    {
        foreach (var rune in passphrase.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || rune.Value == 0)
            {
                throw NoText();
            }
        }
    }

    /// <summary>The characters of a passphrase that was read as bytes.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/> when they are not UTF-8.</exception>
    public static char[] Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var characters = new char[Strict.GetCharCount(bytes)];
            Strict.GetChars(bytes, characters);
            return characters;
        }
        catch (DecoderFallbackException)
        {
            // The exception holds the bytes, so it is not handed on.
            throw NoText();
        }
    }

    /// <summary>Refuses a passphrase that is too short or too long. It is in no message.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/>.</exception>
    public static void Require(ReadOnlySpan<char> passphrase)
    {
        if (passphrase.Length is < MinLength or > MaxLength || passphrase.IsWhiteSpace())
        {
            throw new CodexportException(
                ErrorCode.InvalidUsage,
                $"A passphrase has from {MinLength} to {MaxLength} characters.",
                "Use several words that do not belong together; whoever has file and passphrase is the master.");
        }
    }

    private static UTF8Encoding Strict { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static CodexportException NoText() => new(
        ErrorCode.InvalidUsage,
        "The passphrase is not UTF-8 text.",
        "Save the file as UTF-8, or type the passphrase; in another encoding two different passphrases could be taken for the same.");

    /// <summary>The 256-bit key that a passphrase and a salt give.</summary>
    internal static byte[] Derive(ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> salt)
        => Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, Iterations, HashAlgorithmName.SHA256, 32);

    /// <summary>Opens an encrypted PKCS#8 key in PEM form.</summary>
    /// <exception cref="CryptographicException">The passphrase is wrong, or it is no such key.</exception>
    internal static MasterIdentity Open(string pem, ReadOnlySpan<char> passphrase)
    {
        if (CountIterations(pem) is < 1 or > MaxIterations)
        {
            throw new CryptographicException("The number of iterations is out of bounds.");
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromEncryptedPem(pem, passphrase);
            return MasterIdentity.Of(key);
        }
        catch (ArgumentException error)
        {
            key.Dispose();
            throw new CryptographicException("It is not an encrypted key in PEM form.", error);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>The rounds of PBKDF2 that an encrypted PKCS#8 key names (RFC 8018).</summary>
    /// <exception cref="CryptographicException">It is not a key with PBES2 and PBKDF2.</exception>
    internal static int CountIterations(string pem)
    {
        try
        {
            var fields = PemEncoding.Find(pem);
            var algorithm = new AsnReader(Convert.FromBase64String(pem[fields.Base64Data]), AsnEncodingRules.BER).ReadSequence().ReadSequence();
            if (algorithm.ReadObjectIdentifier() != "1.2.840.113549.1.5.13")
            {
                throw new CryptographicException("The key is not encrypted with PBES2.");
            }

            var derivation = algorithm.ReadSequence().ReadSequence();
            if (derivation.ReadObjectIdentifier() != "1.2.840.113549.1.5.12")
            {
                throw new CryptographicException("The key is not derived with PBKDF2.");
            }

            var parameters = derivation.ReadSequence();
            _ = parameters.ReadOctetString();
            return parameters.TryReadInt32(out var iterations) ? iterations : 0;
        }
        catch (Exception error) when (error is AsnContentException or ArgumentException or FormatException)
        {
            throw new CryptographicException("It is not an encrypted PKCS#8 key.", error);
        }
    }
}
