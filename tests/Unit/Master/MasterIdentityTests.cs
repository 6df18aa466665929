using System.Security.Cryptography;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Master;

public sealed class MasterIdentityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EngineContext _context;

    public MasterIdentityTests() => _context = new EngineContext(
        new CodexportHome(_folder.Path, _folder[".codex"]), new PhysicalFileSystem(), TimeProvider.System);

    private string KeyFile => Path.Combine(_context.Home.MasterFolder, "key.pem");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Create_ThenLoad_IsTheSameKey()
    {
        using var made = MasterIdentity.Create(_context);
        using var loaded = MasterIdentity.TryLoad(_context)!;
        Assert.Equal(made.Fingerprint, loaded.Fingerprint);
        Assert.Equal(made.Fingerprint, Convert.ToHexStringLower(SHA256.HashData(loaded.Certificate.PublicKey.ExportSubjectPublicKeyInfo())));
        Assert.True(loaded.Certificate.HasPrivateKey);
        Assert.Equal("CN=codexport", loaded.Certificate.Subject);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        }
    }

    [Fact]
    public void Sign_GivesWhatVerifyAccepts()
    {
        using var identity = MasterIdentity.Create(_context);
        var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        var head = new Head(Sha256Hash.Of("x"u8), 5, now, now.AddDays(1));
        Assert.Equal(head, HeadCodec.Verify(identity.Sign(head), identity.PublicKey.Span, identity.Fingerprint));
    }

    [Fact]
    public void Create_WhenThereIsOne_IsRefusedAndKeepsIt()
    {
        using var first = MasterIdentity.Create(_context);
        Assert.Equal(ErrorCode.RoleConflict, Assert.Throws<CodexportException>(() => MasterIdentity.Create(_context)).Code);
        using var kept = MasterIdentity.TryLoad(_context)!;
        Assert.Equal(first.Fingerprint, kept.Fingerprint);
    }

    [Fact]
    public void TryLoad_WhenThereIsNone_IsNull() => Assert.Null(MasterIdentity.TryLoad(_context));

    [Fact]
    public void Load_WhenThereIsNone_SaysNoMaster()
        => Assert.Equal(ErrorCode.NotMaster, Assert.Throws<CodexportException>(() => MasterIdentity.Load(_context)).Code);

    [Fact]
    public void Load_WhenTheKeyOfAPublishingMasterIsGone_SaysSo()
    {
        MasterIdentity.Create(_context).Dispose();
        File.WriteAllText(new PublishedRevisions(_context).HeadFile, "{}");
        File.Delete(KeyFile);
        Assert.Equal(ErrorCode.IdentityInvalid, Assert.Throws<CodexportException>(() => MasterIdentity.Load(_context)).Code);
    }

    public static TheoryData<string> Damages() => ["", "garbage", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", PublicOnly(), OtherCurve(), Rsa()];

    [Theory]
    [MemberData(nameof(Damages))]
    public void TryLoad_WhenDamaged_SaysSoWithoutItsContent(string content)
    {
        Directory.CreateDirectory(_context.Home.MasterFolder);
        File.WriteAllText(KeyFile, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var error = Assert.Throws<CodexportException>(() => MasterIdentity.TryLoad(_context));
        Assert.Equal(ErrorCode.IdentityInvalid, error.Code);
        Assert.DoesNotContain("BEGIN", error.Message + error.Remedy, StringComparison.Ordinal);
    }

    private static string PublicOnly()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportSubjectPublicKeyInfoPem();
    }

    private static string OtherCurve()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static string Rsa()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }
}
