using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Settings;

namespace Codexport.Tests.Follower;

/// <summary>What a sync remembers of the settings, so that the hook's check parses no TOML.</summary>
public sealed class QuickSettingsTests : IAsyncLifetime
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();

    private string SettingsPath => _home.Context.Home.SettingsFile;

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
    public void ReadCodexFolder_WhileTheSettingsAreAsTheSyncSawThem_DoesNotReadThem()
    {
        // Same size, same time, other contents: whoever read the file would notice.
        var written = File.GetLastWriteTimeUtc(SettingsPath);
        var text = File.ReadAllText(SettingsPath);
        File.WriteAllText(SettingsPath, new string('=', text.Length));
        File.SetLastWriteTimeUtc(SettingsPath, written);

        Assert.Equal(string.Empty, ReadCodexFolder(_home));
    }

    [Fact]
    public void ReadCodexFolder_WhenTheSettingsChanged_ReadsThem()
    {
        SettingsFile.Update(_home.Context.Files, SettingsPath, new Dictionary<string, object?> { ["codexDir"] = "/srv/codex" });

        Assert.Equal("/srv/codex", ReadCodexFolder(_home));
    }

    [Fact]
    public async Task ReadCodexFolder_AfterASyncThatSawAFolder_TellsIt()
    {
        SettingsFile.Update(_home.Context.Files, SettingsPath, new Dictionary<string, object?> { ["codexDir"] = "/srv/codex" });
        await _home.SyncAsync();

        Assert.Equal("/srv/codex", ContactRecord.Read(_home.Context).Quick?.CodexFolder);
        Assert.Equal("/srv/codex", ReadCodexFolder(_home));
    }

    [Fact]
    public void ReadCodexFolder_WhenTheRecordDoesNotSay_ReadsTheSettings()
    {
        SettingsFile.Update(_home.Context.Files, SettingsPath, new Dictionary<string, object?> { ["codexDir"] = "/srv/codex" });
        var quick = QuickSettings.Read(_home.Context, null) with { CodexFolder = null };
        (ContactRecord.Read(_home.Context) with { Quick = quick }).Write(_home.Context);

        Assert.Equal("/srv/codex", ReadCodexFolder(_home));
    }

    [Fact]
    public void ReadCodexFolder_OnAFreshHome_IsNothing()
    {
        using var fresh = new FollowerHome();
        File.Delete(fresh.Context.Home.SettingsFile);

        Assert.Null(ReadCodexFolder(fresh));
    }

    private static string? ReadCodexFolder(FollowerHome home) => QuickSettings.ReadCodexFolder(home.Context, ContactRecord.Read(home.Context).Quick);

    [Theory]
    [InlineData(6, 0, 6000)]
    [InlineData(6, 1.5, 4500)]
    [InlineData(6, 5.9, 250)]
    [InlineData(6, 9, 250)]
    [InlineData(6, 10, 6000)]
    [InlineData(6, 86400, 6000)]
    public void Budget_CountsTheStartOfTheProcess_ButNotTheAgeOfAShell(double quick, double spent, double expected)
        => Assert.Equal(expected, QuickSync.Budget(TimeSpan.FromSeconds(quick), TimeSpan.FromSeconds(spent)).TotalMilliseconds);
}
