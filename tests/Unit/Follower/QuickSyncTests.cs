using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Homes;
using Codexport.Engine.Protocol;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Follower;

public sealed class QuickSyncTests : IAsyncLifetime
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _master.Publish(("AGENTS.md", "first"));
        await _home.JoinAsync(_master);
        _master.Server.ForgetRequests();
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public void Quick_WhenNotJoined_IsSilentAndLeavesNoTrace()
    {
        using var fresh = new FollowerHome();
        var before = fresh.Snapshot();
        Assert.Null(fresh.Operations.QuickSync(Token));
        before.AssertUnchanged();
    }

    [Fact]
    public void Quick_WhenNothingChanged_AsksOnceAndWritesNothing()
    {
        var before = _home.Snapshot();
        Assert.Null(_home.Operations.QuickSync(Token));
        before.AssertUnchanged();
        Assert.False(Assert.Single(_master.Server.Requests).IsSecure);
    }

    [Fact]
    public void Quick_WhenNoHomeIsGivenAndNothingChanged_ReadsThreeSmallFilesOnceEach()
    {
        var reads = new List<string>();
        var files = new FaultyFileSystem(_home.Context.Files)
        {
            Seen = (call, path) =>
            {
                if (call == "read")
                {
                    reads.Add(Path.GetRelativePath(_home.Context.Home.StateFolder, path).Replace(Path.DirectorySeparatorChar, '/'));
                }
            },
        };
        var opening = HomeOpening.Of(HomeOptions.None, name => name is "HOME" or "USERPROFILE" ? _home.Folder : null, files);
        opening = opening with { Context = opening.Context with { Time = _home.Time } };
        Assert.Null(new FollowerOperations(opening, _home.Services).QuickSync(Token));
        Assert.Equal(_home.Context.Home, opening.Context.Home);
        Assert.Equal(["state/contact.json", "state/enrollment.json", "state/head.json"], reads.Order(StringComparer.Ordinal));
        Assert.Single(_master.Server.Requests);
    }

    [Fact]
    public void Quick_WhenSomethingChanged_AppliesAndSaysSoInOneLine()
    {
        _master.Publish(("AGENTS.md", "second"));
        var line = _home.Operations.QuickSync(Token);
        Assert.NotNull(line);
        Assert.DoesNotContain('\n', line);
        using var json = JsonDocument.Parse(line);
        Assert.Contains("next turn", json.RootElement.GetProperty("systemMessage").GetString(), StringComparison.Ordinal);
        Assert.Equal("second", _home.Read("AGENTS.md"));
        Assert.Null(_home.Operations.QuickSync(Token));
    }

    [Fact]
    public async Task Quick_WhenMasterIsAway_IsSilentAndBacksOff()
    {
        await _master.Server.DisposeAsync();
        int[] minutes = [1, 2, 5, 15, 30, 60, 60];
        foreach (var pause in minutes)
        {
            Assert.Null(_home.Operations.QuickSync(Token));
            var contact = ContactRecord.Read(_home.Context);
            Assert.Equal(nameof(ErrorCode.MasterUnreachable), contact.LastError);
            Assert.Equal(_home.Time.Now.AddMinutes(pause), contact.NextQuickSync);
            _home.Time.Now += TimeSpan.FromMinutes(pause) - TimeSpan.FromSeconds(1);
            Assert.Null(_home.Operations.QuickSync(Token));
            Assert.Equal(contact.Failures, ContactRecord.Read(_home.Context).Failures);
            _home.Time.Now += TimeSpan.FromSeconds(1);
        }
    }

    [Fact]
    public async Task Quick_WhenMasterIsAwayForADay_SaysSoOnceADay()
    {
        await _master.Server.DisposeAsync();
        var last = _home.Time.Now;
        var told = new List<double>();
        for (var hour = 1; hour <= 72; hour++)
        {
            _home.Time.Now = last.AddHours(hour);
            if (_home.Operations.QuickSync(Token) is { } line)
            {
                Assert.Contains($"last reached on {last:yyyy-MM-dd HH:mm} UTC", line, StringComparison.Ordinal);
                told.Add(hour);
            }
        }

        Assert.Equal([24, 48, 72], told);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public void Quick_SaysWhenItCounts_UnlessCodexStartsOnlyNow(bool beforeStart, bool areSessionsTold)
    {
        var told = 0;
        _home.Services = _home.Services with { TellSessions = (_, _) => Task.FromResult(++told > 0 && areSessionsTold) };
        _master.Publish(("AGENTS.md", "second"), ("hooks.json", """{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"true"}]}]}}"""));
        var line = _home.Operations.QuickSync(TimeSpan.Zero, beforeStart, Token)!;
        Assert.Equal(1, told);
        Assert.Equal(!beforeStart, line.Contains("Instructions count from the next turn on", StringComparison.Ordinal));
        Assert.Equal(!beforeStart && areSessionsTold, line.Contains("hooks from the next prompt on", StringComparison.Ordinal));
        Assert.Equal(!beforeStart && !areSessionsTold, line.Contains("the rest from the next session on", StringComparison.Ordinal));
        Assert.Equal(beforeStart, !line.Contains("count", StringComparison.Ordinal));
    }

    [Fact]
    public void Quick_WhenNothingForOpenSessionsChanged_LeavesThemAlone()
    {
        _home.Services = _home.Services with { TellSessions = (_, _) => throw new InvalidOperationException("They were told.") };
        _master.Publish(("AGENTS.md", "second"));
        Assert.Contains("applied revision", _home.Operations.QuickSync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public void Quick_WhenMasterIsBack_ForgetsTheFailures()
    {
        _master.Script = _ => HostileAnswer.Raw(string.Empty);
        Assert.Null(_home.Operations.QuickSync(Token));
        _master.Script = null;
        _home.Time.Now = _home.Time.Now.AddMinutes(2);
        Assert.Null(_home.Operations.QuickSync(Token));
        var contact = ContactRecord.Read(_home.Context);
        Assert.Equal((0, null, _home.Time.Now), (contact.Failures, contact.LastError, contact.LastSync));
    }

    [Fact]
    public void Quick_WhenAPersonIsNeeded_SaysSoOnceForEachCause()
    {
        _master.Publish(("AGENTS.md", "second"));
        _master.Credentials.Clear();
        Assert.Contains("credential", _home.Operations.QuickSync(Token), StringComparison.Ordinal);
        _home.Time.Now = _home.Time.Now.AddMinutes(2);
        Assert.Null(_home.Operations.QuickSync(Token));
        _home.Time.Now = _home.Time.Now.AddMinutes(5);
        _master.Envelope = new SimulatedMaster().Sign(_master.Head);
        Assert.NotNull(_home.Operations.QuickSync(Token));
    }

    [Fact]
    public void Quick_WhenTheClockWentBack_DoesNotWaitForever()
    {
        _master.Script = _ => HostileAnswer.Raw(string.Empty);
        _home.Operations.QuickSync(Token);
        _master.Script = null;
        _home.Time.Now = _home.Time.Now.AddDays(-1000);
        _master.Publish(("AGENTS.md", "second"));
        Assert.NotNull(_home.Operations.QuickSync(Token));
    }

    [Fact]
    public async Task Quick_WhenMasterDrips_EndsAtItsDeadline()
    {
        _home.LeaveOnlyQuickDeadline(seconds: 1);

        // For hours, without it.
        _master.Script = _ => HostileAnswer.Drip("HTTP/1.1 200 OK\r\n" + new string('x', 500_000), TimeSpan.FromMilliseconds(50));
        Assert.Null(await Task.Run(() => _home.Operations.QuickSync(Token), Token).WaitAsync(FollowerHome.Patience, Token));
    }

    [Fact]
    public void Quick_WhenDownloadIsTooLong_KeepsWhatCameAndGoesOnNextTime()
    {
        var path = _home.Context.Home.SettingsFile;
        File.WriteAllText(path, File.ReadAllText(path).Replace("quick = 5", "quick = 2", StringComparison.Ordinal));
        var files = Enumerable.Range(0, 20).Select(index => ($"skills/s{index:00}/SKILL.md", new string((char)('a' + index), 5000))).ToArray();
        var bundle = _master.Bundle(_master.Publish(files), null);
        _master.KnowsBases = false;
        _master.Script = request => request.Path.StartsWith(ProtocolConstants.BundlePath, StringComparison.Ordinal) && request.RangeStart == 0
            ? new HostileAnswer(async (stream, token) =>
            {
                await HostileAnswer.Of(200, bundle[..50_100], ProtocolConstants.BundleContentType, claimedLength: bundle.Length).WriteAsync(stream, token);
                await stream.FlushAsync(token);
                await Task.Delay(Timeout.Infinite, token);
            })
            : null;
        Assert.Null(_home.Operations.QuickSync(Token));
        Assert.False(_home.Has("skills/s00/SKILL.md"));
        _home.Time.Now = _home.Time.Now.AddMinutes(2);
        Assert.NotNull(_home.Operations.QuickSync(Token));
        Assert.True(_home.Has("skills/s19/SKILL.md"));
        Assert.Equal(50_000, _master.Server.Requests.Last(request => request.Path.StartsWith(ProtocolConstants.BundlePath, StringComparison.Ordinal)).RangeStart);
    }

    [Fact]
    public void Quick_WhenApplyCannotFinishInTime_StagesAndSaysSoOnce()
    {
        var path = _home.Context.Home.SettingsFile;
        File.WriteAllText(path, File.ReadAllText(path).Replace("quick = 5", "quick = 3", StringComparison.Ordinal));
        _master.Publish([.. Enumerable.Range(0, 3000).Select(index => ($"skills/s{index}/SKILL.md", "same text"))]);
        Assert.Contains("codexport apply", _home.Operations.QuickSync(Token), StringComparison.Ordinal);
        Assert.False(_home.Has("skills/s0/SKILL.md"));
        Assert.Null(_home.Operations.QuickSync(Token));
    }
}
