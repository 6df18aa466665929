using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Results;
using Codexport.Tests.Platform;

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
            "state/revisions", "state/follower.lock", "objects/index", "backups", "local.toml", "mcps.local.toml",
        ];
    }

    [Theory]
    [MemberData(nameof(StateFiles))]
    public async Task Command_OnDamagedState_HealsItOrNamesItAndLeadsOut(string file)
    {
        var commands = follower.CommandsThatLookAt(file);
        Assert.NotEmpty(commands);
        var known = follower.Restore(file);
        var turn = 0;
        foreach (var damage in Damage.Names.Where(damage => damage != Damage.Unreadable))
        {
            follower.Restore(file);
            if (known.TryDo(damage))
            {
                await CheckAsync(InFull.Contains(file) ? commands : StateCommand.ByTurns(commands, turn++), file, damage);
            }
        }
    }

    [Theory]
    [MemberData(nameof(StateFiles))]
    public Task Command_OnUnreadableState_NamesItAndLeadsOut(string file) => CheckAsync(follower.CommandsThatLookAt(file), file, Damage.Unreadable);

    private async Task CheckAsync(IReadOnlyList<StateCommand> commands, string file, string damage)
    {
        WayOut? untouched = null;
        foreach (var command in commands)
        {
            var way = untouched ?? Begin(file, damage);
            await way.RunAsync($"{command.Name} with {file} {damage}", command.Run);
            Assert.NotEqual(nameof(ErrorCode.InternalError), ContactRecord.Read(follower.Home.Context).LastError);

            // Whatever only reads, and found nothing to mend, left the damage for the next one.
            untouched = command.OnlyReads && way.Followed.Count == 0 && command != commands[^1] ? way : null;
            if (untouched is null)
            {
                await SyncAfterAsync(way, $"{command.Name} with {file} {damage}");
            }
        }
    }

    private async Task SyncAfterAsync(WayOut way, string what)
    {
        await way.RunAsync($"sync after {what}", async () => Assert.Contains(
            (await follower.SyncAsync(adopt: false)).Status, (SyncStatus[])[SyncStatus.Applied, SyncStatus.Current]));
        Assert.Equal("third", follower.Home.Read("AGENTS.md"));
        Assert.Contains("model = \"c\"", follower.Home.Read("config.toml"), StringComparison.Ordinal);
    }

    private WayOut Begin(string file, string damage)
    {
        follower.Restore(file).TryDo(damage);
        return follower.WayOutOf(file);
    }
}
