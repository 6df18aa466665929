using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Identity;

namespace Codexport.Engine.Master.Operations;

/// <summary>
/// The file of an exported identity: one JSON object. <c>key</c> is the private key as encrypted PKCS#8 (PBES2: AES-256-CBC, PBKDF2 with
/// SHA-256) in PEM form, which other tools read as well; <c>state</c> is what belongs to it (<see cref="ExportedState"/>), encrypted with
/// AES-256-GCM under a key from the same passphrase and bound to the fingerprint and the date.
/// </summary>
/// <param name="Fingerprint">The master's fingerprint; public.</param>
/// <param name="ExportedAt">When it was made, UTC.</param>
/// <param name="Key">The encrypted key.</param>
/// <param name="Salt">Salt of the state's key.</param>
/// <param name="Nonce">Nonce of the state's encryption.</param>
/// <param name="State">The encrypted state, its tag at the end.</param>
internal sealed record ExportedIdentity(string Fingerprint, DateTimeOffset ExportedAt, string Key, byte[] Salt, byte[] Nonce, byte[] State)
{
    /// <summary>Bytes of a file that is read at most.</summary>
    public const int MaxSize = 64 << 20;

    private const int Format = 1;
    private const string Kind = "codexport-master-identity";
    private const int TagSize = 16;

    /// <summary>Protects an identity and its state.</summary>
    public static ExportedIdentity Protect(MasterIdentity identity, ReadOnlySpan<byte> state, ReadOnlySpan<char> passphrase, DateTimeOffset now)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var nonce = RandomNumberGenerator.GetBytes(12);
        var key = IdentityPassphrase.Derive(passphrase, salt);
        var exportedAt = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        var encrypted = new byte[state.Length + TagSize];
        using (var cipher = new AesGcm(key, TagSize))
        {
            cipher.Encrypt(nonce, state, encrypted.AsSpan(0, state.Length), encrypted.AsSpan(state.Length), Bound(identity.Fingerprint, exportedAt));
        }

        CryptographicOperations.ZeroMemory(key);
        return new ExportedIdentity(
            identity.Fingerprint, exportedAt, identity.ExportEncrypted(passphrase, IdentityPassphrase.Parameters), salt, nonce, encrypted);
    }

    /// <summary>Opens key and state.</summary>
    /// <exception cref="CryptographicException">The passphrase is wrong, or something was changed.</exception>
    public (MasterIdentity Identity, byte[] State) Open(ReadOnlySpan<char> passphrase)
    {
        var identity = IdentityPassphrase.Open(Key, passphrase);
        try
        {
            if (identity.Fingerprint != Fingerprint)
            {
                throw new CryptographicException("The key has another fingerprint than the file says.");
            }

            var key = IdentityPassphrase.Derive(passphrase, Salt);
            var state = new byte[State.Length - TagSize];
            using (var cipher = new AesGcm(key, TagSize))
            {
                cipher.Decrypt(Nonce, State.AsSpan(0, state.Length), State.AsSpan(state.Length), state, Bound(Fingerprint, ExportedAt));
            }

            CryptographicOperations.ZeroMemory(key);
            return (identity, state);
        }
        catch
        {
            identity.Dispose();
            throw;
        }
    }

    /// <summary>The file.</summary>
    public byte[] Print()
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("kind"u8, Kind);
        json.WriteNumber("format"u8, Format);
        json.WriteString("fingerprint"u8, Fingerprint);
        json.WriteString("exportedAt"u8, ExportedAt);
        json.WriteString("key"u8, Key);
        json.WriteBase64String("salt"u8, Salt);
        json.WriteBase64String("nonce"u8, Nonce);
        json.WriteBase64String("state"u8, State);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a file; nothing of it is proven yet.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.IdentityInvalid"/>.</exception>
    public static ExportedIdentity Parse(ReadOnlyMemory<byte> content, string path)
    {
        try
        {
            using var json = JsonDocument.Parse(content, new JsonDocumentOptions { MaxDepth = 4 });
            var root = json.RootElement;
            if (root.GetProperty("kind").GetString() != Kind)
            {
                throw new FormatException("It is something else.");
            }

            if (root.GetProperty("format").GetInt32() is var format && format != Format)
            {
                throw new CodexportException(
                    ErrorCode.IdentityInvalid,
                    string.Create(CultureInfo.InvariantCulture, $"The exported identity '{path}' has the format {format}; this Codexport reads {Format}."),
                    format > Format ? "Update Codexport on this machine." : "Export it again with the present version.",
                    path);
            }

            var read = new ExportedIdentity(
                root.GetProperty("fingerprint").GetString() ?? string.Empty,
                root.GetProperty("exportedAt").GetDateTimeOffset(),
                root.GetProperty("key").GetString() ?? string.Empty,
                root.GetProperty("salt").GetBytesFromBase64(),
                root.GetProperty("nonce").GetBytesFromBase64(),
                root.GetProperty("state").GetBytesFromBase64());
            return Sha256Hash.TryParse(read.Fingerprint, out _) && read.Salt.Length == 16 && read.Nonce.Length == 12 && read.State.Length > TagSize
                ? read
                : throw new FormatException("A value has the wrong length.");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new CodexportException(
                ErrorCode.IdentityInvalid,
                $"'{path}' is not an exported identity, or it is damaged.",
                "Use the file that 'codexport master identity export' wrote, or another copy of it.",
                path,
                error);
        }
    }

    /// <summary>Shows nothing of the contents.</summary>
    public override string ToString() => $"ExportedIdentity {{ {Fingerprint} }}";

    private static byte[] Bound(string fingerprint, DateTimeOffset exportedAt)
        => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Kind} {Format} {fingerprint} {exportedAt.ToUnixTimeSeconds()}"));
}
