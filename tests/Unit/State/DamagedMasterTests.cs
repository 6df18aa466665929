using Codexport.Engine.Master.Identity;

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
            "master/build.lock", "master/followers.lock", "object", "state/codex-home", "state/settings.json", "local.toml",
        ];
    }

    [Theory]
    [MemberData(nameof(StateFiles))]
    public Task Command_OnDamagedState_HealsItOrNamesItAndLeadsOut(string file) => Table().RunAsync(file);

    [Theory]
    [MemberData(nameof(StateFiles))]
    public Task Command_OnUnreadableState_NamesItAndLeadsOut(string file) => Table().RunUnreadableAsync(file);

    private DamageTable Table() => new(master, InFull, RebuildAfterAsync);

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
}
