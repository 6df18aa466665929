using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Master;

public sealed class IdentityExportTests : IAsyncLifetime
{
    private const string Passphrase = "correct horse battery staple";

    private readonly MasterHome _old = new();
    private readonly MasterHome _new = new();
    private readonly TemporaryFolder _folder = new();
    private string _credential = string.Empty;
    private InitResult _init = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string ExportFile => _folder["identity.json"];

    public async ValueTask InitializeAsync()
    {
        _old.Settings("port = 4711\nadmission = \"approve\"\nallow = [\"192.168.1.0/24\"]\n");
        Fill(_old);
        _init = await _old.InitializeAsync();
        (_, _credential) = await new FollowerRegistry(_old.Context).RegisterAsync(
            new FollowerIntroduction("laptop", "linux", "0.1.0", "100.64.0.5"), FollowerState.Approved, Token);
        await new Invites(_old.Context).GetAsync(renew: false, Token);
    }

    public ValueTask DisposeAsync()
    {
        _old.Dispose();
        _new.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Import_OnAFreshHome_IsTheSameMasterToItsFollowers()
    {
        await new MasterOperations(_old.Context).RotateIdentityAsync(Token);
        _old.Clock.Ahead = TimeSpan.FromDays(3);
        await _old.Revisions.RenewHeadAsync(Token);
        _old.Clock.Ahead = TimeSpan.Zero;
        using var old = MasterIdentity.Load(_old.Context);
        var sequence = _old.Revisions.ReadHead(old)!.Sequence;
        var exported = await ExportAsync();
        Assert.Equal((ExportFile, old.Fingerprint, 1, _init.Revision), (exported.File, exported.Fingerprint, exported.Followers, exported.Revision));

        Fill(_new);
        var imported = await ImportAsync(_new);

        Assert.Equal((ImportStatus.Imported, old.Fingerprint, 1, _init.Revision), (imported.Status, imported.Fingerprint, imported.Followers, imported.Revision));
        Assert.Empty(imported.Warnings);
        using var now = MasterIdentity.Load(_new.Context);
        Assert.True(_new.Revisions.ReadHead(now)!.Sequence > sequence, "the clock of the new machine is behind");
        Assert.Equal("laptop", new FollowerRegistry(_new.Context).Authenticate(_credential)!.Name);
        Assert.True(new Invites(_new.Context).IsValid(await new Invites(_old.Context).GetAsync(renew: false, Token)));
        Assert.Equal(_old.Revisions.ReadRotations(), _new.Revisions.ReadRotations());
        var settings = SettingsFile.Read(_new.Context.Files, _new.Context.Home.SettingsFile);
        Assert.Equal((Role.Master, 4711, Admission.Approve), (settings.Role, settings.Port, settings.Admission));
        Assert.Equal(["192.168.1.0/24"], settings.AllowedPeers);
        Assert.Equal("text", _new.PublishedText(imported.Revision!, "AGENTS.md"));

        // Again, and nothing happens; what is newer here stays.
        await new FollowerRegistry(_new.Context).SetStateAsync("laptop", FollowerState.Revoked, Token);
        Assert.Equal(ImportStatus.Current, (await ImportAsync(_new)).Status);
        Assert.Equal(FollowerState.Revoked, Assert.Single(new FollowerRegistry(_new.Context).List()).State);
    }

    [Fact]
    public async Task Import_WhenTheCodexHomeLacksWhatFollowersHave_PublishesNothing()
    {
        await ExportAsync();
        _new.Write("config.toml", "model = \"m\"\n");
        var imported = await ImportAsync(_new);
        Assert.Null(imported.Revision);
        Assert.Contains(imported.Warnings, warning => warning.Contains("--accept-deletions", StringComparison.Ordinal));
        Assert.Null(_new.Revisions.ReadHeadEnvelope());
        Assert.Equal(ErrorCode.DeletionsHeld, (await Assert.ThrowsAsync<CodexportException>(() => _new.RebuildAsync())).Code);
        Fill(_new);
        Assert.Equal(RebuildStatus.Current, (await _new.RebuildAsync()).Status);
        using var identity = MasterIdentity.Load(_new.Context);
        Assert.Equal(_init.Revision, _new.Revisions.ReadHead(identity)!.Revision.ToString());
    }

    [Fact]
    public async Task Export_IsPrivateStrongAndHoldsNoSecretInTheClear()
    {
        await ExportAsync();
        var text = await File.ReadAllTextAsync(ExportFile, Token);
        var pem = (string)JsonNode.Parse(text)!["key"]!;
        Assert.StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----", pem, StringComparison.Ordinal);
        Assert.True(IdentityPassphrase.CountIterations(pem) >= 600_000);
        using var key = ECDsa.Create();
        key.ImportFromEncryptedPem(pem, Passphrase);
        Assert.Equal(_init.Fingerprint, Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo())));

        // PBES2 with AES-256-CBC and HMAC-SHA256, by their object identifiers.
        var der = Convert.ToHexString(Convert.FromBase64String(string.Concat(pem.Split('\n')[1..^1])));
        Assert.Contains("0609608648016503040" + "12A", der, StringComparison.Ordinal);
        Assert.Contains("06082A864886F70D0209", der, StringComparison.Ordinal);
        foreach (var secret in new[] { Passphrase, await new Invites(_old.Context).GetAsync(false, Token), "laptop", "AGENTS.md" })
        {
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        }

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ExportFile));
        }
    }

    [Fact]
    public async Task Export_OverAFile_NeedsForce()
    {
        await File.WriteAllTextAsync(ExportFile, "precious", Token);
        Assert.Equal(ErrorCode.FileExists, (await Assert.ThrowsAsync<CodexportException>(() => ExportAsync())).Code);
        Assert.Equal("precious", await File.ReadAllTextAsync(ExportFile, Token));
        await ExportAsync(force: true);
        Assert.Contains("codexport-master-identity", await File.ReadAllTextAsync(ExportFile, Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("elevenchars")]
    [InlineData("                    ")]
    public async Task Export_WithAWeakPassphrase_IsRefusedWithoutShowingIt(string passphrase)
    {
        var error = await Assert.ThrowsAsync<CodexportException>(
            () => new MasterOperations(_old.Context).ExportIdentityAsync(ExportFile, passphrase.AsMemory(), force: false, Token));
        Assert.Equal(ErrorCode.InvalidUsage, error.Code);
        Assert.False(File.Exists(ExportFile));
        Assert.DoesNotContain("elevenchars", error.Message + error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_WithAWrongPassphrase_ChangesNothing()
    {
        await ExportAsync();
        Fill(_new);
        var error = await Assert.ThrowsAsync<CodexportException>(() => ImportAsync(_new, "wrong horse battery staple"));
        Assert.Equal(ErrorCode.PassphraseRefused, error.Code);
        Assert.DoesNotContain("horse", error.Message + error.Remedy, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_new.Context.Home.StateFolder));
    }

    [Theory]
    [InlineData("fingerprint")]
    [InlineData("exportedAt")]
    [InlineData("key")]
    [InlineData("salt")]
    [InlineData("nonce")]
    [InlineData("state")]
    [InlineData("kind")]
    [InlineData("format")]
    [InlineData("missing")]
    [InlineData("garbage")]
    [InlineData("iterations")]
    public async Task Import_OfAChangedFile_IsRefusedAndChangesNothing(string what)
    {
        await ExportAsync();
        var json = JsonNode.Parse(await File.ReadAllTextAsync(ExportFile, Token))!.AsObject();
        var other = MasterIdentity.Create(_new.Context);
        Directory.Delete(_new.Context.Home.StateFolder, recursive: true);
        json[what switch { "missing" => "state", "garbage" or "iterations" => "key", _ => what }] = what switch
        {
            "fingerprint" => new string('a', 64),
            "exportedAt" => "2020-01-01T00:00:00+00:00",
            "key" => other.ExportEncrypted(Passphrase, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)),
            "iterations" => Exhausting((string)json["key"]!),
            "salt" or "nonce" or "state" => Bend((string)json[what]!),
            "format" => 2,
            "missing" => null,
            _ => "nonsense",
        };
        other.Dispose();
        await File.WriteAllTextAsync(ExportFile, json.ToJsonString(), Token);
        Fill(_new);
        var error = await Assert.ThrowsAsync<CodexportException>(() => ImportAsync(_new));
        Assert.True(error.Code is ErrorCode.PassphraseRefused or ErrorCode.IdentityInvalid, error.ToString());
        Assert.False(Directory.Exists(_new.Context.Home.StateFolder));
    }

    [Fact]
    public async Task Import_OnAnotherMaster_IsRefused()
    {
        await ExportAsync();
        Fill(_new);
        var other = await _new.InitializeAsync();
        var error = await Assert.ThrowsAsync<CodexportException>(() => ImportAsync(_new));
        Assert.Equal(ErrorCode.RoleConflict, error.Code);
        File.Delete(Path.Combine(_new.Context.Home.MasterFolder, "key.pem"));
        Assert.Equal(ErrorCode.RoleConflict, (await Assert.ThrowsAsync<CodexportException>(() => ImportAsync(_new))).Code);
        Assert.NotEqual(_init.Fingerprint, other.Fingerprint);
    }

    [Fact]
    public async Task Import_OnTheHomeThatLostItsKey_BringsItBackAndKeepsTheNewerBook()
    {
        await ExportAsync();
        await new FollowerRegistry(_old.Context).SetStateAsync("laptop", FollowerState.Revoked, Token);
        File.Delete(Path.Combine(_old.Context.Home.MasterFolder, "key.pem"));
        Assert.Equal(ImportStatus.Imported, (await ImportAsync(_old)).Status);
        Assert.Equal(FollowerState.Revoked, Assert.Single(new FollowerRegistry(_old.Context).List()).State);
        using var identity = MasterIdentity.Load(_old.Context);
        Assert.Equal(_init.Fingerprint, identity.Fingerprint);
    }

    [Fact]
    public async Task Import_OnAFollower_IsRefused()
    {
        await ExportAsync();
        Fill(_new);
        _new.Settings("role = \"follower\"\n");
        Assert.Equal(ErrorCode.RoleConflict, (await Assert.ThrowsAsync<CodexportException>(() => ImportAsync(_new))).Code);
    }

    [Fact]
    public async Task Import_WhenStoppedAtAnyCall_IsCompletedByTheNext()
    {
        await ExportAsync();
        var exported = ExportedIdentity.Parse(await File.ReadAllBytesAsync(ExportFile, Token), ExportFile);
        Assert.DoesNotContain("BEGIN", exported.ToString(), StringComparison.Ordinal);
        foreach (var failAt in new[] { 3, 8, 14, 20, 27, 35, 43, 52 })
        {
            using var home = new MasterHome();
            Fill(home);
            var faulty = new FaultyFileSystem(home.Context.Files) { FailAt = failAt, IsPowerLoss = true };
            var context = home.Context with { Files = faulty };
            await Assert.ThrowsAnyAsync<Exception>(
                () => new MasterOperations(context).ImportIdentityAsync(ExportFile, Passphrase.AsMemory(), Token));
            await ImportAsync(home);
            Assert.NotNull(new FollowerRegistry(home.Context).Authenticate(_credential));
            await home.RebuildAsync();
            using var identity = MasterIdentity.Load(home.Context);
            Assert.Equal((_init.Fingerprint, _init.Revision), (identity.Fingerprint, home.Revisions.ReadHead(identity)!.Revision.ToString()));
        }
    }

    private Task<IdentityExportResult> ExportAsync(bool force = false)
        => new MasterOperations(_old.Context).ExportIdentityAsync(ExportFile, Passphrase.AsMemory(), force, Token);

    private Task<IdentityImportResult> ImportAsync(MasterHome home, string passphrase = Passphrase)
        => new MasterOperations(home.Context).ImportIdentityAsync(ExportFile, passphrase.AsMemory(), Token);

    private static void Fill(MasterHome home)
    {
        home.Write("AGENTS.md", "text");
        home.Write("config.toml", "model = \"m\"\n");
        for (var index = 0; index < 8; index++)
        {
            home.Write($"skills/s{index}/SKILL.md", $"skill {index}");
        }
    }

    private static string Bend(string base64)
    {
        var bytes = Convert.FromBase64String(base64);
        bytes[0] ^= 1;
        return Convert.ToBase64String(bytes);
    }

    // The number of iterations, 600,000 as three bytes, made the largest that three bytes hold… four bytes would shift everything.
    private static string Exhausting(string pem)
    {
        var lines = pem.Split('\n');
        var der = Convert.FromBase64String(string.Concat(lines[1..^1]));
        var at = der.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x02, 0x03, 0x09, 0x27, 0xC0]);
        Assert.True(at > 0);
        der[at + 2] = 0x00;
        der[at + 3] = 0x00;
        der[at + 4] = 0x00;
        return PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", der);
    }
}
