using System.Text.Json.Nodes;

namespace Codexport.Tests.Cli;

/// <summary>The gate, rollbacks, groups and rings by the program itself, with a server and followers of their own processes.</summary>
public sealed class FleetCommandsTests
{
    private const string Token = "ghp_" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2";

    [Fact]
    public async Task Gate_HoldsWhatLooksHarmful_ShowsIt_LetsItGoByAPersonsWord_AndRollsItBack()
    {
        await using var fixture = new CommandLineFixture();
        await fixture.StartMasterAsync("--no-watch");
        await fixture.JoinAsync();
        var first = (await fixture.OnMasterAsync("master", "revisions", "--json")).Json["revisions"]![0]!["revision"]!.GetValue<string>();
        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", $"# Rules\nuse {Token}\n");
        var held = await fixture.OnMasterAsync("master", "rebuild", "--json");
        Assert.Equal((1, "FindingsHeld"), (held.ExitCode, held.Json["error"]!["code"]!.GetValue<string>()));
        var diff = await fixture.OnMasterAsync("master", "diff", "--json");
        Assert.Equal((0, "held", first), (diff.ExitCode, Text(diff.Json, "state"), Text(diff.Json, "revision")));
        var finding = Assert.Single(diff.Json["findings"]!.AsArray())!;
        Assert.Equal(("literalToken", "AGENTS.md", 2), (Text(finding, "rule"), Text(finding, "path"), finding["line"]!.GetValue<int>()));
        var shown = await fixture.OnMasterAsync("master", "diff");
        Assert.Contains("AGENTS.md:2: This looks like a GitHub token. [literal-token]", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, held.Output + held.Error + diff.Output + shown.Output, StringComparison.Ordinal);
        Assert.Contains("Held back:", (await fixture.OnMasterAsync("status")).Output, StringComparison.Ordinal);

        await fixture.RebuildAsync("--publish", "--accept-findings", "--revision", Text(diff.Json, "nextRevision")[..12]);
        Assert.Contains(Token, await SyncedAsync(fixture), StringComparison.Ordinal);

        // Back to the first: with a new head, which every follower takes.
        var rollback = await fixture.OnMasterAsync("master", "rollback", first[..10], "--json");
        Assert.Equal((0, first), (rollback.ExitCode, Text(rollback.Json, "revision")));
        Assert.Equal("# Rules\n", await SyncedAsync(fixture));
        var waiting = await fixture.OnMasterAsync("master", "rebuild", "--json");
        Assert.Equal((0, "waiting"), (waiting.ExitCode, Text(waiting.Json, "status")));
        Assert.Contains("Rolled back to:", (await fixture.OnMasterAsync("status")).Output, StringComparison.Ordinal);
        await fixture.RebuildAsync("--publish");
        Assert.Contains(Token, await SyncedAsync(fixture), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WatchingServer_InReview_CollectsSavesAndTellsOfThem()
    {
        await using var fixture = new CommandLineFixture();
        CommandLineFixture.Write(fixture.Master, ".codexport/local.toml", "publish = \"review\"\n");
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        CommandLineFixture.Write(fixture.Master, ".codex/AGENTS.md", "# New rules\n");
        await WaitAsync(async () => (await fixture.OnMasterAsync("status", "--json")).Json["waiting"] is not null);
        Assert.Equal("# Rules\n", await SyncedAsync(fixture, "current"));
        await fixture.RebuildAsync("--publish");
        Assert.Equal("# New rules\n", await SyncedAsync(fixture));
        Assert.Null((await fixture.OnMasterAsync("status", "--json")).Json["waiting"]);
    }

    [Fact]
    public async Task GroupAndRing_DecideWhatAFollowerGets()
    {
        await using var fixture = new CommandLineFixture();
        CommandLineFixture.Write(fixture.Master, ".codexport/local.toml", "[rollout]\nrings = [\"canary\", \"rest\"]\nafter = \"1h\"\n");
        CommandLineFixture.Write(fixture.Master, ".codexport/groups/lab/AGENTS.md", "# Lab\n");
        await fixture.StartMasterAsync();
        await fixture.JoinAsync();
        var name = Text((await fixture.OnMasterAsync("master", "followers", "--json")).Json["followers"]![0]!, "name");
        Assert.Equal("lab", Text(Assert.Single((await fixture.OnMasterAsync("master", "groups", "--json")).Json["groups"]!.AsArray())!, "name"));
        var set = await fixture.OnMasterAsync("master", "followers", "set", name, "--group", "lab", "--json");
        Assert.Equal((0, "lab"), (set.ExitCode, Text(set.Json, "group")));
        Assert.Equal("# Lab\n", await SyncedAsync(fixture));

        // A change goes to the canaries first; this follower is none until it is put there.
        CommandLineFixture.Write(fixture.Master, ".codexport/groups/lab/AGENTS.md", "# Lab 2\n");
        await fixture.RebuildAsync();
        Assert.Equal("# Lab\n", await SyncedAsync(fixture, "current"));
        await fixture.OnMasterAsync("master", "followers", "set", name, "--ring", "canary");
        Assert.Equal("# Lab 2\n", await SyncedAsync(fixture));
        var stopped = await fixture.OnMasterAsync("master", "rollout", "stop", "--json");
        Assert.True(stopped.Json["stopped"]!.GetValue<bool>());
        var rings = (await fixture.OnMasterAsync("master", "rollout", "--json")).Json["rings"]!.AsArray();
        Assert.Equal([("canary", true, 1), ("rest", false, 0)], rings.Select(ring => (Text(ring!, "name"), ring!["newest"]!.GetValue<bool>(), ring["followers"]!.GetValue<int>())));
        var promoted = await fixture.OnMasterAsync("master", "rollout", "promote", "--json");
        Assert.True(promoted.Json["complete"]!.GetValue<bool>());
        Assert.Contains("lab", (await fixture.OnMasterAsync("master", "followers")).Output, StringComparison.Ordinal);
    }

    private static string Text(JsonNode json, string name) => json[name]!.GetValue<string>();

    // The server looks at what another process has published every fraction of a second.
    private static async Task<string> SyncedAsync(CommandLineFixture fixture, string until = "applied")
    {
        await WaitAsync(async () =>
        {
            var sync = await fixture.OnFollowerAsync("sync", "--apply", "--json");
            Assert.True(sync.ExitCode == 0, sync.Output + sync.Error);
            return Text(sync.Json, "status") == until;
        });
        return CommandLineFixture.Read(fixture.Follower, ".codex/AGENTS.md");
    }

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Fail("It did not come to that within a minute.");
    }
}
