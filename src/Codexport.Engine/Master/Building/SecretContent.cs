using System.Buffers;
using System.Formats.Asn1;
using System.Text;
using System.Text.Json;
using Codexport.Engine.Codex;

namespace Codexport.Engine.Master.Building;

/// <summary>
/// Tells private keys, logins and tokens by their form, so that they do not leave under whatever name. A private key never leaves; a login
/// of Codex leaves under its own name alone; tokens do not leave through a link. Configuration may hold secrets: Codex reads them there,
/// and it is private on every machine.
/// </summary>
internal static class SecretContent
{
    private const int MinBody = 16;

    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    private static readonly string[] AuthMembers =
        ["auth_mode", "OPENAI_API_KEY", "tokens", "last_refresh", "personal_access_token", "agent_identity", "account_id"];

    private static readonly string[] TokenBeginnings =
    [
        "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "sk-", "sess-", "xoxb-", "xoxp-", "xapp-", "AKIA", "ASIA", "npm_", "pypi-",
        "hvs.", "hvb.", "s.", "AIza", "ya29.", "dop_v1_", "eyJ", "SG.", "rk_live_", "sk_live_", "hf_", "tskey-",
    ];

    /// <summary>Why the content does not leave under this name, as the end of a sentence that begins with it; null when it may.</summary>
    /// <param name="path">Where it would be in the export.</param>
    /// <param name="content">The content, or as much of its beginning as was read.</param>
    /// <param name="isLinked">Whether a link of either kind is on the way to it.</param>
    public static string? Judge(string path, ReadOnlySpan<byte> content, bool isLinked)
    {
        if (content.IsEmpty)
        {
            return null;
        }

        var text = Unicode(content);
        if (IsKeyFile(text) || (!CodexLayout.KindOf(path).IsConfiguration() && (HoldsKey(text) || IsBinaryKey(content))))
        {
            return "holds a private key";
        }

        if (CodexLayout.IsCredential(path))
        {
            return null;
        }

        return IsLogin(text) ? "holds a login, which leaves under its own name alone"
            : isLinked && !CodexLayout.KindOf(path).IsConfiguration() && IsToken(text) ? "holds a login or token of another program"
            : null;
    }

    // Some editors save UTF-16; what the bytes say is the same.
    private static ReadOnlySpan<byte> Unicode(ReadOnlySpan<byte> content)
    {
        var text = content.StartsWith(Encoding.UTF8.Preamble) ? content[Encoding.UTF8.Preamble.Length..]
            : content.StartsWith(Encoding.Unicode.Preamble) ? Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(content[2..]))
            : content.StartsWith(Encoding.BigEndianUnicode.Preamble) ? Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(content[2..]))
            : content;
        return text.TrimStart(" \t\r\n"u8);
    }

    /// <summary>Whether it begins as a private key of any text form does, whatever follows.</summary>
    private static bool IsKeyFile(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)'\r', (byte)'\n');
        return IsKeyLine(end < 0 ? text : text[..end])
            || text.StartsWith("PuTTY-User-Key-File-"u8)
            || text.StartsWith("SSH PRIVATE KEY FILE FORMAT"u8)
            || text.StartsWith("openssh-key-v1\0"u8)
            || text.StartsWith("Key: (private-key"u8) || text.StartsWith("Key: (protected-private-key"u8) || text.StartsWith("Key: (shadowed-private-key"u8)
            || text.StartsWith("(11:private-key"u8) || text.StartsWith("(21:protected-private-key"u8) || text.StartsWith("(20:shadowed-private-key"u8)
            || (text.StartsWith("untrusted comment:"u8) && text[..Math.Min(120, text.Length)].IndexOf("secret key"u8) >= 0)
            || IsKeySet(text);
    }

    private static bool IsKeyLine(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t"u8);
        var isDashed = line.StartsWith("-----BEGIN "u8) || line.StartsWith("---- BEGIN "u8);
        return (isDashed && (line.IndexOf("PRIVATE KEY"u8) >= 0 || line.IndexOf("OpenVPN Static key"u8) >= 0))
            || (IsAgeKey(line) && !line.Contains((byte)' '));
    }

    // Bech32 in capitals; a mention in prose is shorter.
    private static bool IsAgeKey(ReadOnlySpan<byte> line)
        => line.Length >= 40 && (line.StartsWith("AGE-SECRET-KEY-"u8) || (line.StartsWith("AGE-PLUGIN-"u8) && line.IndexOf("-1"u8) > 0));

    /// <summary>Whether there is a private key somewhere in it: a line that begins one, followed by a line that is a part of one.</summary>
    private static bool HoldsKey(ReadOnlySpan<byte> text)
    {
        var isIn = false;
        foreach (var range in text.SplitAny((byte)'\r', (byte)'\n'))
        {
            var line = text[range].Trim(" \t\"',\\"u8);
            if (IsAgeKey(line) && line.IndexOfAnyExcept(Bech32) < 0)
            {
                return true;
            }

            if (line.StartsWith("-----BEGIN "u8) || line.StartsWith("---- BEGIN "u8))
            {
                isIn = IsKeyLine(line);
                if (isIn && line.IndexOf("\\n"u8) is var escape and >= 0 && IsBody(line[(escape + 2)..]))
                {
                    return true;
                }
            }
            else if (line.StartsWith("-----END "u8) || line.StartsWith("---- END "u8))
            {
                isIn = false;
            }
            else if (isIn && line.Length >= MinBody && line.IndexOfAnyExcept(Base64) < 0)
            {
                return true;
            }
        }

        return IsWireGuard(text);
    }

    private static readonly SearchValues<byte> Bech32 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"u8);

    private static bool IsBody(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExcept(Base64);
        return (end < 0 ? text.Length : end) >= MinBody;
    }

    private static bool IsWireGuard(ReadOnlySpan<byte> text)
        => text.IndexOf("[Interface]"u8) >= 0 && text.IndexOf("PrivateKey"u8) is var at and >= 0 && IsBody(text[(at + 10)..].TrimStart(" \t="u8));

    // PKCS#8, PKCS#1, SEC 1, encrypted PKCS#8 and PKCS#12 all are a sequence that begins with a small version or names PBES; a certificate,
    // a request and a public key begin with another sequence.
    private static bool IsBinaryKey(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xED, 0xFE, 0xED]) || content.StartsWith((ReadOnlySpan<byte>)[0xCE, 0xCE, 0xCE, 0xCE])
            || content.StartsWith((ReadOnlySpan<byte>)[0x03, 0xD9, 0xA2, 0x9A]))
        {
            return true;
        }

        if (content[0] != 0x30 || content.Length < MinBody)
        {
            return false;
        }

        try
        {
            var reader = new AsnReader(content.ToArray(), AsnEncodingRules.BER).ReadSequence();
            var first = reader.PeekTag();
            if (first.HasSameClassAndValue(Asn1Tag.Integer))
            {
                return reader.TryReadInt32(out var version) && version is >= 0 and <= 3 && reader.HasData;
            }

            var algorithm = reader.ReadSequence();
            return algorithm.PeekTag().HasSameClassAndValue(Asn1Tag.ObjectIdentifier)
                && algorithm.ReadObjectIdentifier() is var name
                && (name.StartsWith("1.2.840.113549.1.5.", StringComparison.Ordinal) || name.StartsWith("1.2.840.113549.1.12.1.", StringComparison.Ordinal))
                && reader.PeekTag().HasSameClassAndValue(Asn1Tag.PrimitiveOctetString);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    // JSON Web Keys: the member "d" is the private half.
    private static bool IsKeySet(ReadOnlySpan<byte> text)
        => !text.IsEmpty && text[0] == (byte)'{' && text.IndexOf("\"kty\""u8) >= 0 && TryParse(text) is { } json && IsKeySet(json);

    private static bool IsKeySet(JsonElement element) => element.ValueKind == JsonValueKind.Object
        && ((Has(element, "kty") && (Has(element, "d") || Has(element, "k")))
            || (element.TryGetProperty("keys", out var keys) && keys.ValueKind == JsonValueKind.Array && keys.EnumerateArray().Any(IsKeySet)));

    /// <summary>Whether it is what Codex keeps in <c>auth.json</c> or <c>.credentials.json</c>.</summary>
    private static bool IsLogin(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] != (byte)'{' || (text.IndexOf("_token\""u8) < 0 && text.IndexOf("\"OPENAI_API_KEY\""u8) < 0)
            || TryParse(text) is not { ValueKind: JsonValueKind.Object } json)
        {
            return false;
        }

        var isAuth = json.EnumerateObject().All(member => AuthMembers.Contains(member.Name, StringComparer.Ordinal))
            && (Has(json, "OPENAI_API_KEY") || Has(json, "personal_access_token") || (json.TryGetProperty("tokens", out var tokens) && HasToken(tokens)));
        return isAuth || json.EnumerateObject().Any(member => HasToken(member.Value) && (Has(member.Value, "server_name") || Has(member.Value, "server_url")));
    }

    private static bool HasToken(JsonElement element) => Has(element, "access_token") || Has(element, "refresh_token");

    private static bool Has(JsonElement element, string member)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value)
            && value.ValueKind == JsonValueKind.String && !value.ValueEquals(ReadOnlySpan<byte>.Empty);

    private static JsonElement? TryParse(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether it is a file that other programs log in with: netrc, AWS, Git and npm credentials, or one bare token.</summary>
    private static bool IsToken(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf("aws_secret_access_key"u8) >= 0 || text.IndexOf("_authToken="u8) >= 0 || text.IndexOf("oauth_token:"u8) >= 0
            || text.IndexOf("\"refresh_token\""u8) >= 0 || text.IndexOf("\"private_key\""u8) >= 0)
        {
            return true;
        }

        var words = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 4096)]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            ["machine" or "default", ..] => words.Contains("password"),
            [var only] => Array.Exists(TokenBeginnings, beginning => only.StartsWith(beginning, StringComparison.Ordinal))
                || (Uri.TryCreate(only, UriKind.Absolute, out var address) && address.UserInfo.Contains(':', StringComparison.Ordinal)),
            _ => false,
        };
    }
}
