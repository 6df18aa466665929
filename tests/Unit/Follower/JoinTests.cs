using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Tests.Follower;

public sealed class JoinTests : IAsyncLifetime
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new(timeouts: "connect = 5\nidle = 2\n");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _master.Publish(("AGENTS.md", "first"), ("auth.json", "{\"secret\":1}"));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Join_WhenAllIsRight_AppliesAndRemembers()
    {
        var result = await _home.JoinAsync(_master);
        Assert.Equal((SyncStatus.Applied, 2), (result.Status, result.FilesWritten));
        Assert.Equal("first", _home.Read("AGENTS.md"));
        var enrollment = EnrollmentRecord.TryRead(_home.Context)!;
        Assert.Equal(_master.Fingerprint, enrollment.Fingerprint);
        Assert.Equal(_master.PublicKey, enrollment.PublicKey);
        Assert.Equal("credential-1", enrollment.Credential);
        var settings = SettingsFile.Read(_home.Context.Files, _home.Context.Home.SettingsFile);
        Assert.Equal((Role.Follower, _master.Fingerprint), (settings.Role, settings.MasterFingerprint));
        Assert.Equal([$"https://127.0.0.1:{_master.Server.Port}"], settings.MasterUrls);
        if (!OperatingSystem.IsWindows())
        {
            var mode = File.GetUnixFileMode(_home.Context.Home.EnrollmentFile());
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
        }
    }

    [Fact]
    public async Task Join_WhenStagedOnly_TouchesNothingOfCodex()
    {
        var before = HomeSnapshot.Of(_home.Context.Home.CodexFolder);
        var result = await _home.Operations.JoinAsync(new JoinOptions(_master.Link, Apply: false, Adopt: false), Token);
        Assert.Equal(SyncStatus.Staged, result.Status);
        before.AssertUnchanged();
        Assert.Equal(SyncStatus.Applied, (await _home.Operations.ApplyAsync(null, adopt: false, Token)).Status);
        Assert.Equal("first", _home.Read("AGENTS.md"));
    }

    [Fact]
    public async Task Join_WhenFingerprintIsWrong_ChangesNothingAndSaysNothing()
    {
        var link = _master.Link with { Fingerprint = new string('a', 64) };
        var error = await RefusedAsync(link, ErrorCode.FingerprintMismatch);
        Assert.Contains(new("expected", link.Fingerprint), error.Details);
        Assert.Contains(new("actual", _master.Fingerprint), error.Details);
        Assert.Empty(_master.Server.Requests);
    }

    [Theory]
    [InlineData("another-invite")]
    [InlineData(null)]
    public async Task Join_WhenInviteIsRefused_ChangesNothing(string? invite)
    {
        var error = await RefusedAsync(_master.Link with { Invite = invite }, ErrorCode.InviteRefused);
        Assert.DoesNotContain("another-invite", error.Message + error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_WhenNobodyListens_ChangesNothing()
        => await RefusedAsync(_master.Link with { Port = 1 }, ErrorCode.MasterUnreachable);

    [Fact]
    public async Task Join_WhenServerSpeaksNoTls_ChangesNothing()
    {
        await using var plain = new PlainServer();
        await RefusedAsync(_master.Link with { Port = plain.Port }, ErrorCode.ProtocolViolation, ErrorCode.MasterUnreachable);
    }

    [Fact]
    public async Task Join_WhenAnswerIsMalformed_ChangesNothing()
    {
        _master.Script = _ => HostileAnswer.Of(201, "{\"id\":\"x\",\"credential\":\"a\\r\\nX: y\",\"state\":\"approved\"}"u8.ToArray(), "application/json");
        await RefusedAsync(_master.Link, ErrorCode.ProtocolViolation);
    }

    [Fact]
    public async Task Join_WhenHomeIsAMaster_IsRefused()
    {
        SettingsFile.Update(_home.Context.Files, _home.Context.Home.SettingsFile, new Dictionary<string, object?> { ["role"] = "master" });
        await RefusedAsync(_master.Link, ErrorCode.RoleConflict);
        Assert.Empty(_master.Server.Requests);
    }

    [Fact]
    public async Task Join_WhenItFollowsAnotherMaster_IsRefused()
    {
        await _home.JoinAsync(_master);
        await using var other = new SimulatedMaster();
        await RefusedAsync(other.Link, ErrorCode.RoleConflict);
    }

    [Fact]
    public async Task Join_WhenAgainWithTheSameMaster_RenewsTheCredential()
    {
        await _home.JoinAsync(_master);
        Assert.Equal(SyncStatus.Current, (await _home.JoinAsync(_master)).Status);
        Assert.Equal("credential-2", EnrollmentRecord.TryRead(_home.Context)!.Credential);
        Assert.Equal(["credential-2"], _master.Credentials);
    }

    [Fact]
    public async Task Join_FourTimesAtOnce_RegistersOneFollower()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            try
            {
                return (await _home.JoinAsync(_master)).Status.ToString();
            }
            catch (CodexportException error)
            {
                return $"{error.Code}: {error.Message}";
            }
        })));
        Assert.Single(outcomes, "Applied");
        Assert.All(outcomes, outcome => Assert.Contains(outcome.Split(':')[0], (string[])["Applied", "Busy", "Current"]));
        Assert.Single(_master.Credentials);
    }

    [Theory]
    [InlineData(".codexport")]
    [InlineData(".codexport/state")]
    [InlineData(".codexport/state/follower.lock/x")]
    public async Task Join_WhenItCannotBeWrittenDown_ContactsNobody(string inTheWay)
    {
        using var home = new FollowerHome();
        var path = Path.Join(home.Folder, inTheWay);
        if (inTheWay == ".codexport")
        {
            Directory.Delete(path, recursive: true);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "in the way", Token);
        for (var time = 0; time < 3; time++)
        {
            var error = await Assert.ThrowsAsync<CodexportException>(() => home.JoinAsync(_master));
            Assert.Contains(error.Code, (ErrorCode[])[ErrorCode.PathBlocked, ErrorCode.FileUnwritable]);
        }

        Assert.Empty(_master.Server.Requests);
    }

    [Fact]
    public async Task Join_WhenAgain_ProvesWhoItIs()
    {
        await _home.JoinAsync(_master);
        var first = _master.Server.Requests.Single(request => request.Method == "POST");
        Assert.False(first.Headers.ContainsKey("authorization"));
        await _home.JoinAsync(_master);
        var second = _master.Server.Requests.Last(request => request.Method == "POST");
        Assert.Equal("Bearer credential-1", second.Headers["authorization"]);
        Assert.Equal(Machine(first), Machine(second));

        static string Machine(HostileRequest request)
            => System.Text.Json.Nodes.JsonNode.Parse(request.Body)!["machine"]!.GetValue<string>();
    }

    [Fact]
    public async Task Join_WhenApprovalIsNeeded_WaitsAndThenSyncs()
    {
        _master.State = "pending";
        var error = await Assert.ThrowsAsync<CodexportException>(() => _home.JoinAsync(_master));
        Assert.Equal(ErrorCode.ApprovalPending, error.Code);
        Assert.Equal(ErrorCode.ApprovalPending, await _home.RefusedSyncAsync());
        _master.State = "approved";
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
        Assert.False(EnrollmentRecord.TryRead(_home.Context)!.IsPending);
    }

    [Fact]
    public async Task Sync_WhenNotJoined_IsRefusedWithoutATrace()
    {
        var before = _home.Snapshot();
        var error = await Assert.ThrowsAsync<CodexportException>(() => _home.SyncAsync());
        Assert.Equal(ErrorCode.NotFollower, error.Code);
        before.AssertUnchanged();
    }

    [Fact]
    public async Task Leave_WipesAccessAndSecretsAndKeepsTheRest()
    {
        await _home.JoinAsync(_master);
        var result = await _home.Operations.LeaveAsync(Token);
        Assert.Equal((1, true), (result.FilesKept, result.Unregistered));
        Assert.Empty(_master.Credentials);
        Assert.True(_home.Has("AGENTS.md"));
        Assert.True(_home.Has("history.jsonl"));
        Assert.False(_home.Has("auth.json"));
        Assert.False(Directory.Exists(_home.Context.Home.ObjectsFolder));
        foreach (var file in Directory.EnumerateFiles(_home.Context.Home.StateFolder, "*", SearchOption.AllDirectories))
        {
            var text = await File.ReadAllTextAsync(file, Token);
            Assert.DoesNotContain("credential-1", text, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        }

        Assert.Equal(Role.None, SettingsFile.Read(_home.Context.Files, _home.Context.Home.SettingsFile).Role);
    }

    [Fact]
    public async Task Leave_WhenMasterIsAway_LeavesAndWarns()
    {
        await _home.JoinAsync(_master);
        await _master.Server.DisposeAsync();
        var result = await _home.Operations.LeaveAsync(Token);
        Assert.False(result.Unregistered);
        Assert.Single(result.Warnings);
        Assert.Null(EnrollmentRecord.TryRead(_home.Context));
    }

    [Fact]
    public async Task Leave_WhenCredentialWasRefreshedHere_KeepsIt()
    {
        await _home.JoinAsync(_master);
        await File.WriteAllTextAsync(Path.Join(_home.Context.Home.CodexFolder, "auth.json"), "refreshed", Token);
        Assert.Single((await _home.Operations.LeaveAsync(Token)).Warnings);
        Assert.Equal("refreshed", _home.Read("auth.json"));
    }

    private async Task<CodexportException> RefusedAsync(JoinLink link, params ErrorCode[] codes)
    {
        // The lock is taken before anybody is asked, and so is what it takes to write.
        _home.Context.Files.CreateDirectory(_home.Context.Home.MachineStateFolder, FilePermission.Private);
        var before = _home.Snapshot();
        var error = await Assert.ThrowsAsync<CodexportException>(
            () => _home.Operations.JoinAsync(new JoinOptions(link, Apply: true, Adopt: false), Token));
        Assert.Contains(error.Code, codes);
        before.AssertUnchanged(".codexport/state/follower.lock", ".codexport/state/machine");
        return error;
    }
}
