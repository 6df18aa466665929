using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Tests.Follower;

public sealed class ReportTests : IAsyncLifetime
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IReadOnlyList<HostileRequest> Reports
        => [.. _master.Server.Requests.Where(request => request.IsSecure && request.Path == ProtocolConstants.HeadPath)];

    public async ValueTask InitializeAsync()
    {
        _master.Publish(("AGENTS.md", "first"));
        await _home.JoinAsync(_master);
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public void Join_TellsWhatItApplied()
    {
        // The head over TLS at first, then the report, each with one request.
        Assert.Equal(2, Reports.Count);
        AssertTold(_master.Head.Revision, "none");
    }

    [Fact]
    public async Task Sync_WhenSomethingWasApplied_TellsItOnceAndNothingElse()
    {
        _master.Server.ForgetRequests();
        var revision = _master.Publish(("AGENTS.md", "second"));
        await _home.SyncAsync();
        AssertTold(revision, "none");
        var report = Assert.Single(Reports);
        Assert.Equal(
            [
                "authorization", "codexport-applied", "codexport-last-error", "codexport-platform", "codexport-protocol", "host", "if-none-match",
                "user-agent",
            ],
            report.Headers.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(report.Body);
        Assert.Same(report, _master.Server.Requests[^1]);

        _master.Server.ForgetRequests();
        await _home.SyncAsync();
        await _home.SyncAsync(apply: false);
        Assert.Null(_home.Operations.QuickSync(Token));
        Assert.DoesNotContain(_master.Server.Requests, request => request.IsSecure);
    }

    [Fact]
    public void Quick_WhenSomethingWasApplied_TellsIt()
    {
        _master.Server.ForgetRequests();
        var revision = _master.Publish(("AGENTS.md", "second"));
        Assert.NotNull(_home.Operations.QuickSync(Token));
        AssertTold(revision, "none");
    }

    [Fact]
    public async Task Sync_WhenAPersonShouldSee_TellsTheErrorOnceAndThenThatItIsHealed()
    {
        var first = _master.Head.Revision;
        Set("onDrift = \"fail\"");
        await File.WriteAllTextAsync(Path.Join(_home.Context.Home.CodexFolder, "AGENTS.md"), "mine", Token);
        var second = _master.Publish(("AGENTS.md", "second"));
        _master.Server.ForgetRequests();
        for (var index = 0; index < 3; index++)
        {
            Assert.Equal(ErrorCode.DriftRefused, await _home.RefusedSyncAsync());
        }

        AssertTold(first, nameof(ErrorCode.DriftRefused));
        Assert.Single(Reports);
        Assert.Contains("AGENTS.md", _home.Operations.QuickSync(Token) ?? "AGENTS.md", StringComparison.Ordinal);
        Assert.Single(Reports);

        // What goes over TLS from now on says the same, and the cure is told without news of the master.
        await File.WriteAllTextAsync(Path.Join(_home.Context.Home.CodexFolder, "AGENTS.md"), "first", Token);
        _master.Server.ForgetRequests();
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
        AssertTold(second, "none");
        Assert.Single(Reports);
        Assert.Null(ContactRecord.Read(_home.Context).LastError);
    }

    [Fact]
    public async Task Sync_WhenTheMasterWasAway_DoesNotTellThat()
    {
        _master.Script = _ => HostileAnswer.HangUp();
        Assert.Equal(SyncStatus.Offline, (await _home.SyncAsync()).Status);
        _master.Script = null;
        _master.Server.ForgetRequests();
        await _home.SyncAsync();
        Assert.DoesNotContain(_master.Server.Requests, request => request.IsSecure);
        _home.Time.Now = _home.Time.Now.AddHours(25);
        await _home.SyncAsync();
        Assert.Equal("none", Assert.Single(Reports).Headers["codexport-last-error"]);
    }

    [Fact]
    public async Task Apply_TellsSuccessAndFailure()
    {
        var first = _master.Head.Revision;
        var second = _master.Publish(("AGENTS.md", "second"));
        await _home.SyncAsync(apply: false);
        _master.Server.ForgetRequests();
        Set("onDrift = \"fail\"");
        await File.WriteAllTextAsync(Path.Join(_home.Context.Home.CodexFolder, "AGENTS.md"), "mine", Token);
        await Assert.ThrowsAsync<CodexportException>(() => _home.Operations.ApplyAsync(null, adopt: false, Token));
        AssertTold(first, nameof(ErrorCode.DriftRefused));
        Assert.Equal(nameof(ErrorCode.DriftRefused), ContactRecord.Read(_home.Context).LastError);
        await File.WriteAllTextAsync(Path.Join(_home.Context.Home.CodexFolder, "AGENTS.md"), "first", Token);
        await _home.Operations.ApplyAsync(null, adopt: false, Token);
        AssertTold(second, "none");
        Assert.Null(ContactRecord.Read(_home.Context).LastError);

        await _home.Operations.ApplyAsync(first.ToString(), adopt: false, Token);
        AssertTold(first, "none");
    }

    [Fact]
    public async Task Join_WhenFilesAreInTheWay_TellsThat()
    {
        using var other = new FollowerHome();
        await File.WriteAllTextAsync(Path.Join(other.Context.Home.CodexFolder, "AGENTS.md"), "mine", Token);
        _master.Server.ForgetRequests();
        var error = await Assert.ThrowsAsync<CodexportException>(() => other.JoinAsync(_master));
        Assert.Equal(ErrorCode.AdoptionRequired, error.Code);
        Assert.Equal(nameof(ErrorCode.AdoptionRequired), Reports[^1].Headers["codexport-last-error"]);
        Assert.False(Reports[^1].Headers.ContainsKey("codexport-applied"));
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("hang up")]
    [InlineData("refused")]
    [InlineData("garbage")]
    [InlineData("endless")]
    public async Task Sync_WhenTheReportFails_IsDoneAllTheSame(string fate)
    {
        _master.Publish(("AGENTS.md", "second"));
        _master.Script = request => !request.IsSecure || request.Path != ProtocolConstants.HeadPath ? null : fate switch
        {
            "silent" => HostileAnswer.Silence(),
            "hang up" => HostileAnswer.HangUp(),
            "refused" => HostileAnswer.Error(503, "Busy"),
            "garbage" => HostileAnswer.Raw("nonsense\r\n\r\n"),
            _ => HostileAnswer.Endless("application/json"),
        };
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync().WaitAsync(FollowerHome.Patience, Token)).Status);
        Assert.Equal((0, null, _master.Head.Revision), (
            ContactRecord.Read(_home.Context).Failures, ContactRecord.Read(_home.Context).LastError, ContactRecord.Read(_home.Context).Applied));
    }

    [Fact]
    public async Task Quick_WhenTheReportHangs_EndsAtItsDeadline()
    {
        _home.LeaveOnlyQuickDeadline(seconds: 3);
        _master.Publish(("AGENTS.md", "second"));
        _master.Script = request => request.IsSecure && request.Path == ProtocolConstants.HeadPath ? HostileAnswer.Silence() : null;
        var sync = Task.Run(() => _home.Operations.QuickSync(Token), Token);
        Assert.Contains("applied", await sync.WaitAsync(FollowerHome.Patience, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_WithoutATrustedKey_TellsNobodyAndApplies()
    {
        _master.Publish(("AGENTS.md", "second"));
        await _home.SyncAsync(apply: false);
        await _home.Operations.ResetTrustAsync(null, Token);
        _master.Server.ForgetRequests();
        Assert.Equal(SyncStatus.Applied, (await _home.Operations.ApplyAsync(null, adopt: false, Token)).Status);
        Assert.Empty(_master.Server.Requests);
    }

    private void AssertTold(Sha256Hash applied, string error)
        => Assert.Equal((applied.ToString(), error), (Reports[^1].Headers["codexport-applied"], Reports[^1].Headers["codexport-last-error"]));

    private void Set(string line)
    {
        var path = _home.Context.Home.SettingsFile;
        File.WriteAllText(path, line + "\n" + File.ReadAllText(path));
    }
}
