using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Codexport.Engine.Master.Building;

namespace Codexport.Tests.Master;

/// <summary>Keys, logins and tokens are told by their form, whatever the file is called.</summary>
public sealed class SecretContentTests
{
    private const string Body = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2";
    private const string Age = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";

    public static TheoryData<string, string> Keys()
    {
        var keys = new TheoryData<string, string>();
        foreach (var kind in new[] { "", "RSA ", "EC ", "DSA ", "ENCRYPTED ", "OPENSSH ", "ANY " })
        {
            keys.Add(kind + "PEM", $"-----BEGIN {kind}PRIVATE KEY-----\n{Body}\n-----END {kind}PRIVATE KEY-----\n");
            keys.Add(kind + "PEM below other text", $"Bag Attributes\n  x\n-----BEGIN {kind}PRIVATE KEY-----\r\n{Body}\r\n-----END {kind}PRIVATE KEY-----\r\n");
        }

        keys.Add("PGP", $"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{Body}\n-----END PGP PRIVATE KEY BLOCK-----\n");
        keys.Add("SSH2", $"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: x\n{Body}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----\n");
        keys.Add("with headers", $"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{Body}\n-----END RSA PRIVATE KEY-----\n");
        keys.Add("carriage returns alone", $"-----BEGIN PRIVATE KEY-----\r{Body}\r-----END PRIVATE KEY-----\r");
        keys.Add("byte order mark", $"\ufeff-----BEGIN PRIVATE KEY-----\n{Body}\n");
        keys.Add("blank lines before", $"\n\n  -----BEGIN PRIVATE KEY-----\n{Body}\n");
        keys.Add("in JSON", $"{{\"type\":\"service_account\",\n\"private_key\": \"x\",\n\"pem\": \"\n-----BEGIN PRIVATE KEY-----\\n{Body}\\n-----END PRIVATE KEY-----\"}}");
        keys.Add("age", Age + "\n");
        keys.Add("age with its comments", $"# created: 2026-01-01T00:00:00Z\n# public key: age1x\n{Age}\n");
        keys.Add("PuTTY 2", "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n");
        keys.Add("PuTTY 3", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\n");
        keys.Add("GnuPG", "Key: (private-key (ecc (curve Ed25519)))\n");
        keys.Add("GnuPG, old", "(21:protected-private-key(3:rsa))");
        keys.Add("minisign", "untrusted comment: minisign encrypted secret key\nRWRTY0Iy\n");
        keys.Add("WireGuard", "[Interface]\nPrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=\n");
        keys.Add("JSON Web Key", "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"a\",\"y\":\"b\",\"d\":\"c\"}");
        keys.Add("JSON Web Key Set", "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"a\",\"e\":\"AQAB\",\"d\":\"c\"}]}");
        keys.Add("OpenVPN", "-----BEGIN OpenVPN Static key V1-----\n6acef03f62675b4b\n");
        return keys;
    }

    public static TheoryData<string, byte[]> BinaryKeys()
    {
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=x", elliptic, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow.AddYears(1));
        return new TheoryData<string, byte[]>
        {
            { "PKCS#8", elliptic.ExportPkcs8PrivateKey() },
            { "SEC 1", elliptic.ExportECPrivateKey() },
            { "PKCS#1", rsa.ExportRSAPrivateKey() },
            { "PKCS#8, RSA", rsa.ExportPkcs8PrivateKey() },
            { "encrypted PKCS#8", rsa.ExportEncryptedPkcs8PrivateKey("x", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10)) },
            { "PKCS#12", certificate.Export(X509ContentType.Pkcs12, "x") },
            { "Java key store", [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2] },
            { "UTF-16", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes($"-----BEGIN PRIVATE KEY-----\n{Body}\n")] },
        };
    }

    public static TheoryData<string, byte[]> Harmless()
    {
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=x", elliptic, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow.AddYears(1));
        return new TheoryData<string, byte[]>
        {
            { "public key", elliptic.ExportSubjectPublicKeyInfo() },
            { "public key, PKCS#1", rsa.ExportRSAPublicKey() },
            { "public key, PEM", Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()) },
            { "certificate", certificate.RawData },
            { "certificate, PEM", Encoding.UTF8.GetBytes(certificate.ExportCertificatePem()) },
            { "instructions that speak of keys", "Look for lines such as\n-----BEGIN PRIVATE KEY-----\nand refuse to commit them. `AGE-SECRET-KEY-1` as well."u8.ToArray() },
            { "example with dots", "```\n-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA...\n-----END RSA PRIVATE KEY-----\n```"u8.ToArray() },
            { "JSON", "{\"OPENAI_API_KEY\":\"x\",\"other\":1}"u8.ToArray() },
            { "empty login", "{\"OPENAI_API_KEY\":null,\"tokens\":null}"u8.ToArray() },
            { "blank", " \n\t\n"u8.ToArray() },
            { "0", "0"u8.ToArray() },
        };
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void PrivateKey_IsToldByItsForm(string kind, string text)
    {
        foreach (var path in new[] { "AGENTS.md", "skills/a/notes.md", "auth.json", "agents/a.toml", "hooks.json" })
        {
            Assert.True(SecretContent.Judge(path, Encoding.UTF8.GetBytes(text), isLinked: false) == "holds a private key", $"{kind} as {path}");
        }
    }

    [Theory]
    [MemberData(nameof(BinaryKeys))]
    public void PrivateKey_InBinaryForm_IsTold(string kind, byte[] content)
        => Assert.True(SecretContent.Judge("AGENTS.md", content, isLinked: false) == "holds a private key", kind);

    [Theory]
    [MemberData(nameof(Harmless))]
    public void WhatIsNoSecret_Leaves(string kind, byte[] content) => Assert.True(SecretContent.Judge("AGENTS.md", content, isLinked: false) is null, kind);

    [Theory]
    [InlineData("{\"OPENAI_API_KEY\":\"sk-x\"}")]
    [InlineData("{\"auth_mode\":\"chatgpt\",\"OPENAI_API_KEY\":null,\"tokens\":{\"id_token\":\"a\",\"access_token\":\"b\",\"refresh_token\":\"c\"},\"last_refresh\":\"d\"}")]
    [InlineData("{\"linear|1\":{\"server_name\":\"linear\",\"server_url\":\"https://x\",\"client_id\":\"i\",\"access_token\":\"a\",\"refresh_token\":\"r\"}}")]
    [InlineData("\n {\"tokens\":{\"refresh_token\":\"c\"}}")]
    public void Login_UnderAnotherName_IsTold(string text)
    {
        var content = Encoding.UTF8.GetBytes(text);
        Assert.NotNull(SecretContent.Judge("mise.toml", content, isLinked: false));
        Assert.NotNull(SecretContent.Judge("skills/a/backup.json", content, isLinked: false));
        Assert.Null(SecretContent.Judge("auth.json", content, isLinked: false));
        Assert.Null(SecretContent.Judge(".credentials.json", content, isLinked: true));
    }

    [Theory]
    [InlineData("machine github.com\n  login me\n  password x\n")]
    [InlineData("[default]\naws_access_key_id = AKIAX\naws_secret_access_key = x\n")]
    [InlineData("https://me:secret@github.com\n")]
    [InlineData("//registry.npmjs.org/:_authToken=x\n")]
    [InlineData("github.com:\n    oauth_token: gho_x\n")]
    [InlineData("ghp_0123456789abcdef\n")]
    [InlineData("sk-0123456789abcdef")]
    [InlineData("{\"client_id\":\"a\",\"refresh_token\":\"b\",\"type\":\"authorized_user\"}")]
    public void Token_OfAnotherProgram_DoesNotLeaveThroughALink(string text)
    {
        Assert.NotNull(SecretContent.Judge("AGENTS.md", Encoding.UTF8.GetBytes(text), isLinked: true));
        Assert.Null(SecretContent.Judge("config.toml", Encoding.UTF8.GetBytes(text), isLinked: false));
    }

    [Fact]
    public void Configuration_MayHoldAKey_ForTheServersThatItStarts()
        => Assert.Null(SecretContent.Judge("config.toml", Encoding.UTF8.GetBytes($"[mcp_servers.x.env]\nKEY = \"\"\"\n-----BEGIN PRIVATE KEY-----\n{Body}\n\"\"\"\n"), isLinked: true));
}
