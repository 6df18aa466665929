using Codexport.Tests.Cli;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Codexport.Tests.Browser;

/// <summary>
/// The five main states as pictures in <c>artifacts/dashboard</c>; those in the README are copies of them (CONTRIBUTING.md says how to make them anew).
/// </summary>
public sealed class ScreenshotTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "dashboard");

    [Fact]
    public async Task MainStates_AreTaken()
    {
        await using var light = await chromium.NewWindowAsync(Window(ColorScheme.Light, 1200, 900));
        await using var dark = await chromium.NewWindowAsync(Window(ColorScheme.Dark, 1200, 900));
        await using var phone = await chromium.NewWindowAsync(Window(ColorScheme.Dark, 390, 844));
        Directory.CreateDirectory(Folder);
        await using var master = await DashboardMaster.StartAsync();
        var old = (await master.Home.RebuildAsync()).Revision;
        var revision = await master.PublishAsync("config.toml", """
            model = "gpt-5.1-codex"
            approval_policy = "on-request"

            [mcp_servers.docs]
            command = "docs-server"
            env = { API_KEY = "hunter2-second" }
            startup_timeout_sec = 20

            """);
        ManyFollowers.Write(master.Home, 240, revision, old);
        master.Server.Refresh();

        var page = await master.EnterAsync(light);
        await Expect(page.Locator("#found")).ToHaveTextAsync("240 followers");
        await TakeAsync(page, "fleet");
        await page.GotoAsync(page.Url + "revisions/" + revision);
        await TakeAsync(page, "revision");
        await page.GetByRole(AriaRole.Link, new() { Name = "Join link" }).ClickAsync();
        await page.GetByLabel("Name or address").FillAsync("master.example.ts.net");
        await page.GetByLabel("It lets in").SelectOptionAsync("1d");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        await page.GetByRole(AriaRole.Img, new() { Name = "QR code" }).WaitForAsync();
        await TakeAsync(page, "link");

        Directory.Delete(master.Home["skills"], recursive: true);
        var night = await master.EnterAsync(dark);
        await Expect(night.GetByText("would be deleted on every follower")).ToBeVisibleAsync(new() { Timeout = 120_000 });
        await night.GetByRole(AriaRole.Link, new() { Name = "See what is held back" }).ClickAsync();
        await TakeAsync(night, "held");
        await TakeAsync(await master.EnterAsync(phone), "phone");
    }

    private static BrowserNewContextOptions Window(ColorScheme scheme, int width, int height)
        => new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = height }, DeviceScaleFactor = 1 };

    private static async Task TakeAsync(IPage page, string name)
    {
        var picture = await page.ScreenshotAsync(new() { Path = Path.Combine(Folder, name + ".png"), Animations = ScreenshotAnimations.Disabled });
        Assert.True(picture.Length > 5000, $"{name} shows nothing.");
    }
}
