using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Codexport.Tests.Browser;

/// <summary>Keyboard, screen reader, both colour schemes, a phone's width.</summary>
public sealed class AccessibilityTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task EveryPage_HasNothingThatAxeCallsSerious_AndFitsTheWidth(ColorScheme scheme, int width)
    {
        await using var window = await chromium.NewWindowAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 800 } });
        await using var master = await DashboardMaster.StartAsync();
        var page = await master.EnterAsync(window);
        await CheckAsync(page, "empty fleet", width);
        await master.JoinAsync("laptop");
        await master.AskAsync("stranger");
        var revision = await master.PublishAsync("skills/skill-1/SKILL.md", "# Skill 1\n\nDo it better.\n");
        var id = (await master.FindAsync("laptop")).Id;
        Directory.Delete(master.Home["skills"], recursive: true);
        await Expect(page.GetByText("would be deleted on every follower")).ToBeVisibleAsync(new() { Timeout = 120_000 });
        var root = new Uri(new Uri(page.Url), ".").ToString();
        foreach (var path in new[] { "", $"followers/{id}", $"followers/{id}/revoke", "revisions", $"revisions/{revision}", "publication", "link", "nowhere" })
        {
            await page.GotoAsync(root + path);
            await CheckAsync(page, path, width);
        }

        await page.GotoAsync(root + "link");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        await page.GetByRole(AriaRole.Img, new() { Name = "QR code" }).WaitForAsync();
        await CheckAsync(page, "link made", width);
    }

    [Fact]
    public async Task Follower_IsApprovedWithTheKeyboardAlone()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        await master.AskAsync("waiting");
        var page = await master.EnterAsync(window);
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to the content" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        var approve = page.GetByRole(AriaRole.Button, new() { Name = "Approve waiting" });
        for (var presses = 0; presses < 10 && !await approve.EvaluateAsync<bool>("button => button === document.activeElement"); presses++)
        {
            await page.Keyboard.PressAsync("Tab");
        }

        await Expect(approve).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("The follower may fetch from now on.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Focus_StaysWhereItIs_WhenThePageIsExchanged()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        await master.JoinAsync("laptop");
        var page = await master.EnterAsync(window);
        var name = page.GetByRole(AriaRole.Link, new() { Name = "laptop" });
        await name.FocusAsync();
        await master.JoinAsync("second");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "second" })).ToBeVisibleAsync();
        await Expect(name).ToBeFocusedAsync();
    }

    private static async Task CheckAsync(IPage page, string name, int width)
    {
        var result = await page.RunAxe();
        var serious = result.Violations.Where(violation => violation.Impact is "serious" or "critical")
            .Select(violation => $"{violation.Id}: {violation.Help} {string.Join(" | ", violation.Nodes.Select(node => node.Html))}");
        Assert.True(!serious.Any(), $"{name}: {string.Join(Environment.NewLine, serious)}");
        Assert.NotEmpty(result.Passes);
        var needed = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        Assert.True(needed <= width, $"{name} needs {needed} of {width}.");
    }
}
