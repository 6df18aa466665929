using Codexport.Engine.Master.Identity;
using Codexport.Tests.Platform;

namespace Codexport.Tests.State;

/// <summary>Every state file of a master, damaged in every way, under the commands that look at it.</summary>
public sealed class DamagedMasterTests(DamagedMaster master) : IClassFixture<DamagedMaster>
{
    // These meet every command with every damage.
    private static readonly string[] InFull = ["master/key.pem", "master/head.json", "master/followers.json"];

    public static TheoryData<string> StateFiles()
    {
        return
        [
            "master/key.pem", "master/invite", "master/invites.json", "master/followers.json", "master/head.json", "master/revisions/index.json",
            "revision", "master/rotations.jsonl", "master/sequence", "master/scan.cache", "master/next.pem", "master/next-head.json",
            "master/build.lock", "master/followers.lock", "state/codex-home", "state/settings.json", "local.toml",
        ];
    }

    [Theory]
    [MemberData(nameof(StateFiles))]
    public async Task Command_OnDamagedState_HealsItOrNamesItAndLeadsOut(string file)
    {
        var commands = master.CommandsThatLookAt(file);
        Assert.NotEmpty(commands);
        var known = master.Restore(file);
        var turn = 0;
        foreach (var damage in Damage.Names.Where(damage => damage != Damage.Unreadable))
        {
            master.Restore(file);
            if (known.TryDo(damage))
            {
                await CheckAsync(InFull.Contains(file) ? commands : StateCommand.ByTurns(commands, turn++), file, damage);
            }
        }
    }

    [Theory]
    [MemberData(nameof(StateFiles))]
    public Task Command_OnUnreadableState_NamesItAndLeadsOut(string file) => CheckAsync(master.CommandsThatLookAt(file), file, Damage.Unreadable);

    private async Task CheckAsync(IReadOnlyList<StateCommand> commands, string file, string damage)
    {
        WayOut? untouched = null;
        foreach (var command in commands)
        {
            var way = untouched ?? Begin(file, damage);
            await way.RunAsync($"{command.Name} with {file} {damage}", command.Run);

            // Whatever only reads, and found nothing to mend, left the damage for the next one.
            untouched = command.OnlyReads && way.Followed.Count == 0 && command != commands[^1] ? way : null;
            if (untouched is null)
            {
                await RebuildAfterAsync(way, command, $"{command.Name} with {file} {damage}");
            }
        }
    }

    // What a person does next: it is published, and served with a head that this key signed.
    private async Task RebuildAfterAsync(WayOut way, StateCommand command, string what)
    {
        await way.RunAsync($"rebuild after {what}", async () =>
        {
            master.Home.Write("AGENTS.md", "second");
            var result = await master.Home.RebuildAsync();
            using var identity = MasterIdentity.Load(master.Home.Context);
            Assert.Equal(result.Revision, master.Home.Revisions.ReadHead(identity)!.Revision.ToString());
            Assert.Equal("second", master.Home.PublishedText(result.Revision, "AGENTS.md"));
            Assert.Equal(command.Name == "rotate", identity.Fingerprint != master.Fingerprint);
        });
        await way.RunAsync($"status after {what}", master.GetStatusAsync);
    }

    private WayOut Begin(string file, string damage)
    {
        master.Restore(file).TryDo(damage);
        return master.WayOutOf(file);
    }
}
