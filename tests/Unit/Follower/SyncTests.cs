using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Tests.Follower;

public sealed class SyncTests : IAsyncLifetime
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IEnumerable<HostileRequest> Bundles => _master.Server.Requests.Where(request => request.Path.StartsWith(ProtocolConstants.BundlePath, StringComparison.Ordinal));

    private string PathOf(string path) => Path.Join(_home.Context.Home.CodexFolder, path);

    public async ValueTask InitializeAsync()
    {
        _master.Publish(("AGENTS.md", "first"), ("auth.json", "login 1"), ("skills/a/SKILL.md", "skill a"));
        await _home.JoinAsync(_master);
        _master.Server.ForgetRequests();
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Sync_WhenNothingChanged_AsksForTheHeadAlone()
    {
        var before = _home.Snapshot();
        var result = await _home.SyncAsync();
        Assert.Equal((SyncStatus.Current, 0), (result.Status, result.FilesWritten));
        var request = Assert.Single(_master.Server.Requests);
        Assert.Equal((ProtocolConstants.HeadPath, false), (request.Path, request.IsSecure));
        before.AssertUnchanged(".codexport/state/contact.json");
    }

    [Fact]
    public async Task Sync_OverFilesThatAnEarlierVersionWroteOpen_ClosesThem()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes are Unix's.");
        const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        var (login, skill) = (PathOf("auth.json"), PathOf("skills/a/SKILL.md"));
        File.WriteAllText(PathOf("own.txt"), "the person's");
        foreach (var path in new[] { login, skill, PathOf("own.txt") })
        {
            File.SetUnixFileMode(path, Open);
        }

        await _home.SyncAsync();
        Assert.Equal(Open, File.GetUnixFileMode(skill));
        _master.Publish(("AGENTS.md", "second"), ("auth.json", "login 1"), ("skills/a/SKILL.md", "skill a"));
        Assert.Equal(1, (await _home.SyncAsync()).FilesWritten);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(login));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(skill));
        Assert.Equal(Open, File.GetUnixFileMode(PathOf("own.txt")));
    }

    [Fact]
    public async Task Sync_WhenTheMasterPublishesMeanwhile_GoesOnWithTheNewerRevision()
    {
        var overtaken = _master.Publish(("AGENTS.md", "second"), ("skills/a/SKILL.md", "skill a"));
        _master.Script = request =>
        {
            if (!request.Path.StartsWith(ProtocolConstants.BundlePath + overtaken, StringComparison.Ordinal))
            {
                return null;
            }

            _master.Publish(("AGENTS.md", "third"), ("skills/a/SKILL.md", "skill a"));
            return HostileAnswer.Error(404, "RevisionNotFound", "This master does not keep that revision (any more); ask for the head.");
        };
        var result = await _home.SyncAsync();
        Assert.Equal((SyncStatus.Applied, _master.Head.Revision.ToString()), (result.Status, result.Revision));
        Assert.Equal("third", _home.Read("AGENTS.md"));
    }

    [Fact]
    public async Task Sync_WhenTheMasterKeepsPublishing_GivesUpAfterAFewTries()
    {
        _master.Script = request =>
        {
            if (!request.Path.StartsWith(ProtocolConstants.RevisionsPath, StringComparison.Ordinal))
            {
                return null;
            }

            _master.Publish(("AGENTS.md", Guid.NewGuid().ToString()));
            return HostileAnswer.Error(404, "RevisionNotFound", "It is gone.");
        };
        _master.Publish(("AGENTS.md", "second"));
        var error = await Assert.ThrowsAsync<CodexportException>(() => _home.SyncAsync());
        Assert.Equal(ErrorCode.RevisionNotFound, error.Code);
        Assert.EndsWith("does not have what was asked for. It says: It is gone.", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, _master.Server.Requests.Count(request => request.Path.StartsWith(ProtocolConstants.RevisionsPath, StringComparison.Ordinal)));
        Assert.Equal("first", _home.Read("AGENTS.md"));
    }

    [Fact]
    public async Task Sync_WhenADayPassed_AsksForTheHeadOverTls()
    {
        _home.Time.Now += SyncPipeline.SecureHeadEvery;
        await _home.SyncAsync();
        Assert.True(Assert.Single(_master.Server.Requests).IsSecure);
        _master.Server.ForgetRequests();
        await _home.SyncAsync();
        Assert.False(Assert.Single(_master.Server.Requests).IsSecure);
    }

    [Fact]
    public async Task Sync_WhenOneFileChanged_FetchesTheDifferenceAlone()
    {
        var first = _master.Head.Revision;
        var second = _master.Publish(("AGENTS.md", "second"), ("auth.json", "login 1"), ("skills/a/SKILL.md", "skill a"));
        var result = await _home.SyncAsync();
        Assert.Equal((SyncStatus.Applied, 1, second.ToString(), first.ToString()), (result.Status, result.FilesWritten, result.Revision, result.PreviousRevision));
        Assert.Equal($"{ProtocolConstants.BundlePath}{second}?base={first}", Assert.Single(Bundles).Target);
        Assert.Equal("second", _home.Read("AGENTS.md"));
        Assert.InRange(result.BytesDownloaded, 1, 4096);
    }

    [Fact]
    public async Task Sync_WhenMasterLostTheBase_FetchesWhatIsMissing()
    {
        _master.KnowsBases = false;
        _master.Publish(("AGENTS.md", "second"), ("auth.json", "login 1"), ("skills/a/SKILL.md", "skill a"));
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
        Assert.Null(Assert.Single(Bundles).Base);
        Assert.Equal("second", _home.Read("AGENTS.md"));
    }

    [Fact]
    public async Task Sync_WhenStaged_AppliesLaterWithoutTheMaster()
    {
        _master.Publish(("AGENTS.md", "second"));
        Assert.Equal(SyncStatus.Staged, (await _home.SyncAsync(apply: false)).Status);
        Assert.Equal("first", _home.Read("AGENTS.md"));
        await _master.Server.DisposeAsync();
        var result = await _home.Operations.ApplyAsync(null, adopt: false, Token);
        Assert.Equal((SyncStatus.Applied, 1, 2), (result.Status, result.FilesWritten, result.FilesDeleted));
        Assert.Equal("second", _home.Read("AGENTS.md"));
    }

    [Fact]
    public async Task Sync_WhenMasterIsAway_IsOfflineAndRemembersIt()
    {
        await _master.Server.DisposeAsync();
        var result = await _home.SyncAsync();
        Assert.Equal(SyncStatus.Offline, result.Status);
        var status = await _home.Operations.GetStatusAsync(Token);
        Assert.Equal(nameof(ErrorCode.MasterUnreachable), status.LastError);
        Assert.Equal(_home.Time.Now.AddMinutes(1).LocalDateTime, status.NextQuickSync);
    }

    [Fact]
    public async Task Sync_WhenAnotherIsAtWork_IsBusyAndChangesNothing()
    {
        _master.Publish(("AGENTS.md", "second"));
        var before = _home.Snapshot();
        var hold = FileLock.TryAcquire(_home.Context.Files, _home.Context.Home.FollowerLockFile);
        Assert.NotNull(hold);
        Assert.Equal(SyncStatus.Busy, (await _home.SyncAsync()).Status);
        Assert.Null(_home.Operations.QuickSync(Token));
        hold.Dispose();
        before.AssertUnchanged();
        Assert.DoesNotContain(_master.Server.Requests, request => request.IsSecure);
    }

    [Fact]
    public async Task Download_WhenItBreaksOff_GoesOnAtAContentsBoundary()
    {
        var files = Enumerable.Range(0, 40).Select(index => ($"skills/s{index:00}/SKILL.md", new string((char)('a' + (index % 26)), 1000 + index))).ToArray();
        var revision = _master.Publish(files);
        var bundle = _master.Bundle(revision, null);
        _master.KnowsBases = false;
        _master.Script = request => request.Path.StartsWith(ProtocolConstants.BundlePath, StringComparison.Ordinal) && request.RangeStart == 0
            ? HostileAnswer.Cut(bundle, 10_500, ProtocolConstants.BundleContentType)
            : null;
        var result = await _home.SyncAsync();
        Assert.Equal(SyncStatus.Applied, result.Status);
        Assert.Equal([0L, 10_045L], Bundles.Select(request => request.RangeStart));
        Assert.All(files, file => Assert.Equal(file.Item2, _home.Read(file.Item1)));
    }

    [Fact]
    public async Task Download_WhenTheRunEnds_GoesOnInTheNextRun()
    {
        var files = Enumerable.Range(0, 40).Select(index => ($"skills/s{index:00}/SKILL.md", new string((char)('a' + (index % 26)), 1000 + index))).ToArray();
        var bundle = _master.Bundle(_master.Publish(files), null);
        _master.KnowsBases = false;
        _master.Script = request => !request.Path.StartsWith(ProtocolConstants.BundlePath, StringComparison.Ordinal) ? null
            : request.RangeStart == 0 ? HostileAnswer.Cut(bundle, 10_500, ProtocolConstants.BundleContentType) : HostileAnswer.HangUp();
        Assert.Equal(SyncStatus.Offline, (await _home.SyncAsync()).Status);
        Assert.Equal("first", _home.Read("AGENTS.md"));
        _master.Script = null;
        _master.Server.ForgetRequests();
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
        Assert.Equal(10_045L, Assert.Single(Bundles).RangeStart);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Bundle_WhenCompressed_IsTaken(string encoding)
    {
        _master.KnowsBases = false;
        var revision = _master.Publish(("AGENTS.md", new string('x', 100_000)), ("skills/z/SKILL.md", "z"));
        using var compressed = new MemoryStream();
        using (Stream encoder = encoding == "br"
            ? new System.IO.Compression.BrotliStream(compressed, System.IO.Compression.CompressionLevel.Fastest)
            : new System.IO.Compression.GZipStream(compressed, System.IO.Compression.CompressionLevel.Fastest))
        {
            encoder.Write(_master.Bundle(revision, null));
        }

        _master.Script = request => request.Path.StartsWith(ProtocolConstants.BundlePath, StringComparison.Ordinal)
            ? HostileAnswer.Of(200, compressed.ToArray(), ProtocolConstants.BundleContentType, $"Content-Encoding: {encoding}\r\n")
            : null;
        var result = await _home.SyncAsync();
        Assert.Equal(SyncStatus.Applied, result.Status);
        Assert.Equal(100_000, _home.Read("AGENTS.md").Length);
        Assert.InRange(result.BytesDownloaded, 1, 20_000);
    }

    [Fact]
    public async Task RollBack_StaysUntilSomethingNewComes()
    {
        var first = _master.Head.Revision.ToString();
        _master.Publish(("AGENTS.md", "second"));
        await _home.SyncAsync();
        var result = await _home.Operations.ApplyAsync(first[..8], adopt: false, Token);
        Assert.Equal((SyncStatus.Applied, "first"), (result.Status, _home.Read("AGENTS.md")));
        Assert.Null(_home.Operations.QuickSync(Token));
        Assert.Equal("first", _home.Read("AGENTS.md"));
        _master.Publish(("AGENTS.md", "third"));
        Assert.Contains("applied revision", _home.Operations.QuickSync(Token), StringComparison.Ordinal);
        Assert.Equal("third", _home.Read("AGENTS.md"));
    }

    [Fact]
    public async Task RollBack_NeverBringsOldCredentialsBack()
    {
        var first = _master.Head.Revision.ToString();
        _master.Publish(("AGENTS.md", "second"), ("auth.json", "login 2"));
        await _home.SyncAsync();
        var store = new ObjectStore(_home.Context.Files, _home.Context.Home.ObjectsFolder);
        Assert.False(store.Contains(Sha256Hash.Of("login 1"u8)));
        await _home.Operations.ApplyAsync(first, adopt: false, Token);
        Assert.Equal(("first", "login 2"), (_home.Read("AGENTS.md"), _home.Read("auth.json")));
    }

    [Theory]
    [InlineData("zzzz")]
    [InlineData("")]
    [InlineData("../../etc")]
    public async Task Apply_WhenRevisionIsNotKept_IsRefused(string revision)
    {
        var error = await Assert.ThrowsAsync<CodexportException>(() => _home.Operations.ApplyAsync(revision, adopt: false, Token));
        Assert.Equal(ErrorCode.RevisionNotFound, error.Code);
    }

    [Fact]
    public async Task Trust_WhenReset_StopsUntilItIsGivenAgain()
    {
        var result = await _home.Operations.ResetTrustAsync(null, Token);
        Assert.Equal((_master.Fingerprint, (string?)null), (result.PreviousFingerprint, result.Fingerprint));
        Assert.Equal(ErrorCode.FingerprintMismatch, await _home.RefusedSyncAsync());
        await _home.Operations.ResetTrustAsync(_master.Fingerprint, Token);
        _master.Sign(_master.Publish(("AGENTS.md", "restored")), 1);
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
        Assert.Equal("restored", _home.Read("AGENTS.md"));
    }

    [Fact]
    public async Task Settings_WhenTheyNameAnotherFingerprint_AreRefused()
    {
        var path = _home.Context.Home.SettingsFile;
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, Token)).Replace(_master.Fingerprint, new string('b', 64), StringComparison.Ordinal), Token);
        Assert.Equal(ErrorCode.FingerprintMismatch, await _home.RefusedSyncAsync());
    }

    [Fact]
    public async Task State_WhenDamaged_IsNamed()
    {
        await File.WriteAllTextAsync(_home.Context.Home.EnrollmentFile(), "{\"masterUrls\":[", Token);
        var error = await Assert.ThrowsAsync<CodexportException>(() => _home.SyncAsync());
        Assert.Equal((ErrorCode.StateDamaged, _home.Context.Home.EnrollmentFile()), (error.Code, error.Target));
    }

    [Fact]
    public async Task Apply_WhenSomebodyKeepsWritingToTheOnlyFile_GivesUpAndNamesTheFile()
    {
        _master.Publish(("AGENTS.md", "second"));
        await _home.SyncAsync();
        var writes = KeepWriting("AGENTS.md");
        _master.Publish(("AGENTS.md", "third"));
        var error = await Assert.ThrowsAsync<CodexportException>(() => _home.SyncAsync());
        Assert.Equal((ErrorCode.ConcurrentChange, "AGENTS.md"), (error.Code, error.Target));
        Assert.Equal($"# mine {writes()}\n", _home.Read("AGENTS.md"));
    }

    [Theory]
    [InlineData("config.toml")]
    [InlineData("AGENTS.md")]
    public async Task Apply_WhenSomebodyKeepsWritingToOneFile_AppliesTheRestAndNamesWhatWaits(string busy)
    {
        var writes = KeepWriting(busy);
        var result = await PublishAndSyncAsync();
        Assert.Equal(SyncStatus.Applied, result.Status);
        Assert.Contains(result.Warnings, warning => warning.Contains($"'{busy}' waits", StringComparison.Ordinal));
        Assert.Contains($"mine {writes()}", _home.Read(busy), StringComparison.Ordinal);
        Assert.Equal("new", _home.Read("rules/new.rules"));
        Assert.Equal("new skill", _home.Read("skills/a/SKILL.md"));

        // What waited comes with the first run that finds it at rest.
        _home.Services = _home.Services with { Changer = context => new HomeChanger(context) };
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
        Assert.Contains("second", _home.Read(busy), StringComparison.Ordinal);
        Assert.Equal(SyncStatus.Current, (await _home.SyncAsync()).Status);
    }

    private Task<SyncResult> PublishAndSyncAsync()
    {
        _master.Publish(
            ("AGENTS.md", "second"), ("config.toml", "model = \"second\"\n"), ("rules/new.rules", "new"), ("skills/a/SKILL.md", "new skill"));
        return _home.SyncAsync();
    }

    // Writes right before each try, as one who writes hundreds of times a second does.
    private Func<int> KeepWriting(string file)
    {
        var writes = 0;
        var path = Path.Join(_home.Context.Home.CodexFolder, file);
        _home.Services = _home.Services with
        {
            Changer = context => new InterferingChanger(context, () => File.WriteAllText(path, $"# mine {++writes}\n")),
        };
        return () => writes;
    }

    [Fact]
    public async Task Apply_WhenSomebodyWroteOnce_ComposesAgain()
    {
        var writes = 0;
        _home.Services = _home.Services with
        {
            Changer = context => new InterferingChanger(context, () =>
            {
                if (writes++ == 0)
                {
                    File.WriteAllText(Path.Join(context.Home.CodexFolder, "AGENTS.md"), "mine");
                }
            }),
        };
        _master.Publish(("AGENTS.md", "second"));
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
        Assert.Equal("second", _home.Read("AGENTS.md"));
    }

    [Fact]
    public async Task Revisions_BeyondTheLimit_AreDroppedWithTheirContents()
    {
        _home.Services = _home.Services with { Limits = Limits.Default with { KeptRevisions = 2 } };
        for (var index = 0; index < 8; index++)
        {
            _master.Publish(("AGENTS.md", $"text {index}"));
            await _home.SyncAsync();
        }

        Assert.InRange(new RevisionShelf(_home.Context, Limits.Default).List().Count, 2, 7);
        var store = new ObjectStore(_home.Context.Files, _home.Context.Home.ObjectsFolder);
        Assert.False(store.Contains(Sha256Hash.Of(Encoding.UTF8.GetBytes("text 0"))));
        Assert.True(store.Contains(Sha256Hash.Of(Encoding.UTF8.GetBytes("text 7"))));
    }

    [Fact]
    public async Task Masters_WhenTheFirstIsAway_TheNextIsAsked()
    {
        SetMasters("https://127.0.0.1:1", $"http://127.0.0.1:{_master.Server.Port}");
        _master.Publish(("AGENTS.md", "second"));
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
    }

    private void SetMasters(params string[] urls) => SettingsFile.Update(
        _home.Context.Files,
        _home.Context.Home.SettingsFile,
        new Dictionary<string, object?> { ["masterUrl"] = urls[0], ["masterUrls"] = urls.Skip(1).ToList() });
}
