using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Tests.Master;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Codexport.Tests.Browser;

/// <summary>The gate, groups, rings and rollbacks in the browser.</summary>
public sealed class FleetControlTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly float Patience = (float)TimeSpan.FromMinutes(2).TotalMilliseconds;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Finding_IsShownWithItsPlace_AndGoesOutWhenItIsConfirmed()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        var page = await master.EnterAsync(window);
        master.Home.Write("skills/skill-1/SKILL.md", "# Skill 1\n\nDo it\u200b well.\n", DateTime.UtcNow);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Nothing new is published" })).ToBeVisibleAsync(new() { Timeout = Patience });
        await page.GetByRole(AriaRole.Link, new() { Name = "See what is held back" }).ClickAsync();
        await Expect(page.GetByText("skills/skill-1/SKILL.md, line 3")).ToBeVisibleAsync();
        await Expect(page.GetByText("hidden-unicode:skills/skill-1/SKILL.md")).ToBeVisibleAsync();
        await page.GetByLabel("I have looked at these findings").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish all the same" }).ClickAsync();
        await Expect(page.GetByText("A new revision is in service.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Everything is published" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Review_WaitsUntilItIsLetGo()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync(home => home.Settings("publish = \"review\"\n"));
        var page = await master.EnterAsync(window);
        await page.GetByRole(AriaRole.Link, new() { Name = "Publication" }).ClickAsync();
        master.Home.Write("AGENTS.md", "# New rules\n", DateTime.UtcNow);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Waiting for you" })).ToBeVisibleAsync(new() { Timeout = Patience });
        await Expect(page.GetByText("1 file change")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish it" }).ClickAsync();
        await Expect(page.GetByText("A new revision is in service.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task EarlierRevision_IsPublishedAgain_AfterAQuestion()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        var first = (await master.Home.RebuildAsync()).Revision;
        await master.PublishAsync("AGENTS.md", "# Worse rules\n");
        var page = await master.EnterAsync(window);
        await page.GetByRole(AriaRole.Link, new() { Name = "Revisions" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = first[..12] }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Roll back to this revision…" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Roll back" }).ClickAsync();
        await Expect(page.GetByText("The earlier revision is in service again")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "in service" })).ToContainTextAsync(first[..12]);
    }

    [Fact]
    public async Task Rollout_IsShownRingByRing_StoppedAndPromoted()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync(home => home.Settings("[rollout]\nrings = [\"canary\", \"rest\"]\nafter = \"30m\"\n"));
        await master.JoinAsync("early");
        await master.JoinAsync("late");
        var page = await master.EnterAsync(window);
        await page.GetByRole(AriaRole.Link, new() { Name = "early" }).ClickAsync();
        await page.GetByLabel("Ring").SelectOptionAsync("canary");
        await page.GetByRole(AriaRole.Button, new() { Name = "Put it there" }).ClickAsync();
        await Expect(page.GetByText("gets what its group and its ring get")).ToBeVisibleAsync();
        Assert.Equal("canary", (await master.FindAsync("early")).Ring);

        master.Home.Write("AGENTS.md", "# New rules\n", DateTime.UtcNow);
        await page.GetByRole(AriaRole.Link, new() { Name = "Revisions" }).ClickAsync();
        await Expect(page.Locator("#ring-rest")).ToContainTextAsync("waits", new() { Timeout = Patience });
        await Expect(page.Locator("#ring-canary")).ToContainTextAsync("has it");
        await page.GetByRole(AriaRole.Button, new() { Name = "Stop here" }).ClickAsync();
        await Expect(page.Locator("#rollout")).ToContainTextAsync("stopped");
        await page.GetByRole(AriaRole.Button, new() { Name = "Give it to the next ring now" }).ClickAsync();
        await Expect(page.Locator("#rollout")).ToContainTextAsync("complete");
        Assert.True((await master.Master.GetRolloutAsync(Stop)).Complete);
    }

    [Fact]
    public async Task Group_IsChosenForALink_AndForAFollower()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync(AddGroup);
        await master.JoinAsync("laptop");
        var page = await master.EnterAsync(window);
        await page.GetByRole(AriaRole.Link, new() { Name = "laptop" }).ClickAsync();
        await page.GetByLabel("Group", new() { Exact = true }).SelectOptionAsync("dev");
        await page.GetByRole(AriaRole.Button, new() { Name = "Put it there" }).ClickAsync();
        await Expect(page.GetByText("gets what its group and its ring get")).ToBeVisibleAsync();
        Assert.Equal("dev", (await master.FindAsync("laptop")).Group);

        await page.GetByRole(AriaRole.Link, new() { Name = "Join link" }).ClickAsync();
        await page.GetByLabel("Name or address of this machine").FillAsync("127.0.0.1");
        await page.GetByLabel("Group", new() { Exact = true }).SelectOptionAsync("dev");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        await Expect(page.GetByText("can join the group dev")).ToBeVisibleAsync();
        using var follower = new Follower.FollowerHome();
        var link = JoinLink.Parse(await page.GetByLabel("The link", new() { Exact = true }).InputValueAsync());
        Assert.Equal(SyncStatus.Applied, (await follower.Operations.JoinAsync(new JoinOptions(link, Apply: true, Adopt: false) { Name = "second" }, Stop)).Status);
        Assert.Equal("dev", (await master.FindAsync("second")).Group);
        await page.GetByRole(AriaRole.Link, new() { Name = "Fleet" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Row).Filter(new() { HasText = "second" })).ToContainTextAsync("dev");
    }

    private static void AddGroup(MasterHome home)
    {
        var folder = Path.Combine(home.Context.Home.StateFolder, "groups", "dev");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "AGENTS.md"), "# Rules of the group\n");
    }
}
