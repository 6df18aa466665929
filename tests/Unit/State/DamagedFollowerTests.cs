using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Results;

namespace Codexport.Tests.State;

/// <summary>Every state file of a follower, damaged in every way, under the commands that look at it.</summary>
public sealed class DamagedFollowerTests(DamagedFollower follower) : IClassFixture<DamagedFollower>
{
    // These meet every command with every damage.
    private static readonly string[] InFull = ["state/enrollment.json", "state/applied.json"];

    public static TheoryData<string> StateFiles()
    {
        return
        [
            "state/enrollment.json", "state/head.json", "state/contact.json", "state/applied.json", "state/staged.json", "state/codex-home",
            "state/machine", "state/settings.json", "state/stat.cache", "state/glance.cache", "state/apply.journal", "state/apply.prepare",
            "state/revisions", "state/follower.lock", "objects/packs", "objects/index", "backups", "local.toml", "mcps.local.toml",
        ];
    }

    [Theory]
    [MemberData(nameof(StateFiles))]
    public Task Command_OnDamagedState_HealsItOrNamesItAndLeadsOut(string file) => Table().RunAsync(file);

    [Theory]
    [MemberData(nameof(StateFiles))]
    public Task Command_OnUnreadableState_NamesItAndLeadsOut(string file) => Table().RunUnreadableAsync(file);

    private DamageTable Table() => new(follower, InFull, SyncAfterAsync);

    private async Task SyncAfterAsync(WayOut way, StateCommand command, string what)
    {
        await way.RunAsync($"what is told after {what}", () =>
        {
            Assert.NotEqual(nameof(ErrorCode.InternalError), ContactRecord.Read(follower.Home.Context).LastError);
            return Task.CompletedTask;
        });
        await way.RunAsync($"sync after {what}", async () => Assert.Contains(
            (await follower.SyncAsync(adopt: false)).Status, (SyncStatus[])[SyncStatus.Applied, SyncStatus.Current]));
        Assert.Equal("third", follower.Home.Read("AGENTS.md"));
        Assert.Contains("model = \"c\"", follower.Home.Read("config.toml"), StringComparison.Ordinal);
    }
}
