using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Results;

namespace Codexport.Tests.Follower;

/// <summary>The short way of a sync without news: it is taken only when the long way would find the same.</summary>
public sealed class SettledSyncTests : IAsyncLifetime
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _master.Publish(("AGENTS.md", "first"), ("skills/a/SKILL.md", "one"), ("config.toml", "a = 1\n"));
        _master.Sign(_master.Head.Revision, _master.Head.Sequence + 1, DateTimeOffset.UtcNow.AddDays(30));
        await _home.JoinAsync(_master);
        _home.Time.Now = DateTimeOffset.UtcNow.AddHours(1);
        Assert.Equal(SyncStatus.Current, (await _home.SyncAsync()).Status);
        _master.Server.ForgetRequests();
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public void TrySyncSettled_WhenNothingChanged_IsCurrentAndWritesNothing()
    {
        var before = _home.Snapshot();

        var result = _home.Operations.TrySyncSettled(Token);

        Assert.Equal(SyncStatus.Current, result?.Status);
        Assert.Equal(ContactRecord.Read(_home.Context).Applied.ToString(), result!.Revision);
        Assert.False(Assert.Single(_master.Server.Requests).IsSecure);
        before.AssertUnchanged();
    }

    [Fact]
    public void TrySyncSettled_WhenNotJoined_LeavesNoTrace()
    {
        using var fresh = new FollowerHome();
        var before = fresh.Snapshot();
        Assert.Null(fresh.Operations.TrySyncSettled(Token));
        before.AssertUnchanged();
    }

    [Theory]
    [InlineData(".codex/AGENTS.md", "edit")]
    [InlineData(".codex/AGENTS.md", "touch")]
    [InlineData(".codex/AGENTS.md", "delete")]
    [InlineData(".codex/AGENTS.md", "execute")]
    [InlineData(".codex/config.toml", "edit")]
    [InlineData(".codexport/local.toml", "edit")]
    [InlineData(".codexport/mcps.local.toml", "edit")]
    [InlineData(".codexport/skills/mine/SKILL.md", "edit")]
    [InlineData(".codexport/overrides/AGENTS.md", "edit")]
    [InlineData(".codexport/state/applied.json", "touch")]
    [InlineData(".codexport/state/glance.cache", "delete")]
    [InlineData(".codexport/state/glance.cache", "edit")]
    [InlineData(".codexport/state/staged.json", "edit")]
    public void TrySyncSettled_WhenAnythingWasTouched_LeavesItToTheWholeWay(string path, string how)
    {
        Assert.SkipWhen(how == "execute" && OperatingSystem.IsWindows(), "There is no execute bit on Windows.");
        var full = Path.Combine(_home.Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        switch (how)
        {
            case "edit": File.AppendAllText(full, "\n"); break;
            case "touch": File.SetLastWriteTimeUtc(full, File.GetLastWriteTimeUtc(full).AddMilliseconds(-5)); break;
            case "delete": File.Delete(full); break;
            default: File.SetUnixFileMode(full, File.GetUnixFileMode(full) | UnixFileMode.UserExecute); break;
        }

        Assert.Null(_home.Operations.TrySyncSettled(Token));
    }

    [Fact]
    public async Task TrySyncSettled_WhenThePersonChangedAFile_TheWholeWayRepairsItAndItIsSettledAgain()
    {
        File.AppendAllText(Path.Combine(_home.Folder, ".codex/AGENTS.md"), "mine");
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
        Assert.Equal("first", _home.Read("AGENTS.md"));
        Assert.Null(_home.Operations.TrySyncSettled(Token));
        Assert.Equal(SyncStatus.Current, (await _home.SyncAsync()).Status);
        Assert.Equal(SyncStatus.Current, _home.Operations.TrySyncSettled(Token)?.Status);
    }

    [Fact]
    public async Task TrySyncSettled_WhenTheMasterHasNews_LeavesItToTheWholeWay()
    {
        _master.Publish(("AGENTS.md", "second"));
        Assert.Null(_home.Operations.TrySyncSettled(Token));
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
        Assert.Equal("second", _home.Read("AGENTS.md"));
    }

    [Fact]
    public async Task TrySyncSettled_WhenTheMasterIsAway_IsOfflineAndRemembersIt()
    {
        await _master.Server.DisposeAsync();
        var result = _home.Operations.TrySyncSettled(Token);
        Assert.Equal(SyncStatus.Offline, result?.Status);
        Assert.Single(result!.Warnings);
        Assert.Equal(nameof(ErrorCode.MasterUnreachable), ContactRecord.Read(_home.Context).LastError);
    }

    [Fact]
    public void TrySyncSettled_WhenADayPassed_LeavesItToTheWholeWay()
    {
        _home.Time.Now += TimeSpan.FromHours(25);
        Assert.Null(_home.Operations.TrySyncSettled(Token));
    }
}
