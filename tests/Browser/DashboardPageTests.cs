using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Codexport.Tests.Browser;

/// <summary>Each thing that the dashboard shows and does, in a real browser.</summary>
public sealed class DashboardPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly float Patience = (float)TimeSpan.FromMinutes(2).TotalMilliseconds;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fleet_FollowsWhatHappens_WithoutAReload()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        var page = await master.EnterAsync(window);
        await Expect(page.GetByText("No machine follows this master yet")).ToBeVisibleAsync();

        var follower = await master.JoinAsync("laptop");
        var row = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "laptop" });
        await ShowsAsync(row, "up to date");
        await page.EvaluateAsync("window.stays = true");

        await master.PublishAsync("AGENTS.md", "# Rules\n\nBe kinder.\n");
        await ShowsAsync(row, "behind");
        await follower.SyncAsync();
        await ShowsAsync(row, "up to date");
        await Expect(row.GetByRole(AriaRole.Img)).ToHaveAttributeAsync("aria-label", "2 syncs, none failed", new() { Timeout = Patience });
        Assert.True(await page.EvaluateAsync<bool>("window.stays"));
        await Expect(page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Page_WhenTheMasterStops_SaysSo_AndTheDoorIsGone()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        var page = await master.EnterAsync(window);
        await Expect(page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        await master.StopAsync();
        await Expect(page.Locator("#live-text")).ToHaveTextAsync("Not connected", new() { Timeout = Patience });
        var error = await Assert.ThrowsAsync<CodexportException>(master.AddressAsync);
        Assert.Equal(ErrorCode.DashboardNotServed, error.Code);
        Assert.DoesNotContain(Directory.GetFiles(master.Home.Context.Home.MasterFolder), file => Path.GetFileName(file).StartsWith("dashboard", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Waiting_IsApprovedOrRefused_WithAndWithoutScript(bool hasScript)
    {
        await using var window = await chromium.NewWindowAsync(new() { JavaScriptEnabled = hasScript });
        await using var master = await DashboardMaster.StartAsync();
        var wanted = await master.AskAsync("wanted");
        await master.AskAsync("stranger");
        var page = await master.EnterAsync(window);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "2 machines wait for your approval" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Approve wanted" }).ClickAsync();
        await Expect(page.GetByText("The follower may fetch from now on.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Refuse stranger" }).ClickAsync();
        await Expect(page.GetByText("The follower was turned away.")).ToBeVisibleAsync();

        Assert.Equal(SyncStatus.Applied, (await wanted.SyncAsync()).Status);
        Assert.Equal(FollowerState.Revoked, (await master.FindAsync("stranger")).State);
    }

    [Fact]
    public async Task Revoke_AsksFirst_AndEndsTheCredentialAndTheLinks()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        var follower = await master.JoinAsync("lost");
        var link = await master.LinkAsync();
        var page = await master.EnterAsync(window);

        await page.GetByRole(AriaRole.Link, new() { Name = "lost" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Revoke…" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Shut out lost?" })).ToBeVisibleAsync();
        Assert.Equal(FollowerState.Approved, (await master.FindAsync("lost")).State);
        await page.GetByLabel("End the join links that were given out as well.").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Shut out lost" }).ClickAsync();

        await Expect(page.GetByText("admit nobody from now on")).ToBeVisibleAsync();
        Assert.Equal(FollowerState.Revoked, (await master.FindAsync("lost")).State);
        Assert.NotEqual(link.Invite, (await master.LinkAsync()).Invite);
        await master.PublishAsync("AGENTS.md", "# New rules\n");
        Assert.Equal(ErrorCode.CredentialRefused, await follower.RefusedSyncAsync());

        await page.GetByRole(AriaRole.Button, new() { Name = "Let it in again" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Revoke…" })).ToBeVisibleAsync();
        Assert.Equal(FollowerState.Approved, (await master.FindAsync("lost")).State);
    }

    [Fact]
    public async Task Revisions_ShowWhatChangedAndWhoHasIt_WithoutSecrets()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        await master.JoinAsync("first");
        var before = (await master.Home.RebuildAsync()).Revision;
        var after = await master.PublishAsync(
            "config.toml",
            "model = \"gpt-5.1-codex\"\n\n[mcp_servers.docs]\ncommand = \"docs-server\"\nenv = { API_KEY = \"hunter2-second\" }\nargs = [\"--token\", \"hunter3\"]\n");
        await master.JoinAsync("second");
        var page = await master.EnterAsync(window);

        await page.GetByRole(AriaRole.Link, new() { Name = "Revisions" }).ClickAsync();
        await ShowsAsync(page.GetByRole(AriaRole.Row).Filter(new() { HasText = before[..12] }), "1 of 2");
        var newest = page.GetByRole(AriaRole.Row).Filter(new() { HasText = after[..12] });
        await ShowsAsync(newest, "in service");
        await ShowsAsync(newest, "1 of 2");
        await ShowsAsync(newest, "~1 changed");
        await newest.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.GetByText("-model = \"gpt-5-codex\"")).ToBeVisibleAsync();
        await Expect(page.GetByText("+model = \"gpt-5.1-codex\"")).ToBeVisibleAsync();
        var shown = await page.ContentAsync();
        Assert.Contains("API_KEY", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeldPublication_IsShownWithItsReason_AndGoesOutWhenItIsMeant()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        var page = await master.EnterAsync(window);
        Directory.Delete(master.Home["skills"], recursive: true);

        await Expect(page.GetByText("'skills' would be deleted on every follower")).ToBeVisibleAsync(new() { Timeout = Patience });
        await page.GetByRole(AriaRole.Link, new() { Name = "See what is held back" }).ClickAsync();
        await Expect(page.GetByText("6 files would go from every follower")).ToBeVisibleAsync();
        await Expect(page.GetByText("skills/skill-3/SKILL.md")).ToBeVisibleAsync();

        // Without the person's word nothing goes out.
        var before = (await master.Master.GetPublishedRevisionsAsync(Stop))[0].Revision;
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish all the same" }).ClickAsync();
        Assert.Equal(before, (await master.Master.GetPublishedRevisionsAsync(Stop))[0].Revision);
        await page.GetByLabel("These deletions are meant.").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish all the same" }).ClickAsync();
        await Expect(page.GetByText("A new revision is in service.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Everything is published" })).ToBeVisibleAsync();
        Assert.Equal(2, (await master.Master.GetPublishedRevisionsAsync(Stop))[0].Files);
    }

    [Fact]
    public async Task BrokenConfiguration_IsShownWithItsPlace_AndGoesAwayByItself()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        var page = await master.EnterAsync(window);
        await page.GetByRole(AriaRole.Link, new() { Name = "Publication" }).ClickAsync();
        master.Home.Write("config.toml", "model = \n", DateTime.UtcNow);
        await Expect(page.Locator("#publication").GetByText("TomlInvalid")).ToBeVisibleAsync(new() { Timeout = Patience });
        master.Home.Write("config.toml", "model = \"gpt-5-codex\"\n[mcp_servers.docs]\ncommand = \"docs-server\"\nenv = { API_KEY = \"x\" }\n", DateTime.UtcNow);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Everything is published" })).ToBeVisibleAsync(new() { Timeout = Patience });
        await page.GetByRole(AriaRole.Button, new() { Name = "Look now" }).ClickAsync();
        await Expect(page.GetByText("Everything is published already.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task JoinLink_IsMadeCopiedAndLetsIn()
    {
        await using var window = await chromium.NewWindowAsync(new() { Permissions = ["clipboard-read", "clipboard-write"] });
        await using var master = await DashboardMaster.StartAsync();
        var page = await master.EnterAsync(window);
        await page.GetByRole(AriaRole.Link, new() { Name = "Make a join link" }).ClickAsync();
        await page.GetByLabel("Name or address of this machine").FillAsync("127.0.0.1, master.example");
        await page.GetByLabel("It lets in").SelectOptionAsync("1h");
        await page.GetByLabel("How many machines").FillAsync("1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();

        await Expect(page.GetByText("(1 machine), until")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "QR code of the join link" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Copy The link" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Copied The link" })).ToBeVisibleAsync();
        var link = JoinLink.Parse(await page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        Assert.Equal(["master.example"], link.OtherHosts);
        Assert.Equal(master.Server.Port, link.Port);
        Assert.Equal($"codexport follower join '{link}'", await page.GetByLabel("Run on the other machine", new() { Exact = true }).InputValueAsync());

        using var follower = new Follower.FollowerHome();
        Assert.Equal(SyncStatus.Applied, (await follower.Operations.JoinAsync(new JoinOptions(link, Apply: true, Adopt: false), Stop)).Status);
        using var late = new Follower.FollowerHome();
        var error = await Assert.ThrowsAsync<CodexportException>(() => late.Operations.JoinAsync(new JoinOptions(link, Apply: true, Adopt: false), Stop));
        Assert.Equal(ErrorCode.InviteRefused, error.Code);
    }

    [Fact]
    public async Task WrongInput_IsAnErrorWithWhatHelps()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        var page = await master.EnterAsync(window);
        await page.GetByRole(AriaRole.Link, new() { Name = "Join link", Exact = true }).ClickAsync();
        await page.GetByLabel("Name or address of this machine").FillAsync("http://x/<b>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("is neither a host name nor an address");
        await page.GotoAsync(page.Url[..^"link".Length] + "followers/nobody");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("No follower has the name or id 'nobody'");
        await page.GotoAsync(page.Url[..^"followers/nobody".Length] + "nowhere");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("There is no such page");
    }

    [Fact]
    public async Task ClosedDashboard_LetsNobodyIn()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        var page = await master.EnterAsync(window);
        var address = page.Url;
        await page.GetByRole(AriaRole.Button, new() { Name = "Close the dashboard" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Closed" })).ToBeVisibleAsync();
        Assert.Equal(403, (await page.GotoAsync(address))!.Status);
    }

    private static Task ShowsAsync(ILocator row, string text) => Expect(row).ToContainTextAsync(text, new() { Timeout = Patience });
}
