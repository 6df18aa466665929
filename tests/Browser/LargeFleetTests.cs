using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Codexport.Tests.Browser;

/// <summary>The fleet page with very many followers.</summary>
public sealed class LargeFleetTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const int Count = 2000;

    [Fact]
    public async Task TwoThousandFollowers_AreSearchedFilteredSortedAndPaged()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        ManyFollowers.Write(master.Home, Count, (await master.Home.RebuildAsync()).Revision, old: new string('e', 64));
        var page = await master.EnterAsync(window);
        var found = page.Locator("#found");
        await Expect(found).ToHaveTextAsync("2,000 followers");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(100);
        await Expect(page.GetByText("Page 1 of 20")).ToBeVisibleAsync();

        // A figure for whoever looks; nothing is judged by it.
        await page.ReloadAsync();
        var painted = await page.EvaluateAsync<double?>("performance.getEntriesByName('first-contentful-paint')[0]?.startTime");
        TestContext.Current.TestOutputHelper?.WriteLine($"First paint with {Count} followers after {painted:0} ms.");

        await page.GetByLabel("Search").FillAsync("laptop 0999");
        await Expect(found).ToHaveTextAsync("1 of 2,000 followers");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("#told")).ToHaveTextAsync("1 of 2,000 followers");
        Assert.EndsWith("q=laptop+0999&sort=attention", page.Url, StringComparison.Ordinal);
        await page.GetByLabel("Search").FillAsync("nobody has this name");
        await Expect(page.GetByText("Nobody fits.")).ToBeVisibleAsync();
        await page.GetByLabel("Search").FillAsync(string.Empty);
        await Expect(found).ToHaveTextAsync("2,000 followers");

        await page.GetByLabel("Order").SelectOptionAsync("name");
        await Expect(page.Locator("tbody tr").Nth(1)).ToContainTextAsync("laptop-0003");
        await page.GetByRole(AriaRole.Link, new() { Name = "Next" }).ClickAsync();
        await Expect(page.GetByText("Page 2 of 20")).ToBeVisibleAsync();
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("laptop-0300");

        await page.GetByRole(AriaRole.Link, new() { Name = "With errors" }).ClickAsync();
        await Expect(page.Locator("tbody tr").First).ToContainTextAsync("DriftRefused");
        await Expect(page.Locator("tbody tr").Filter(new() { HasNotText = "DriftRefused" })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Link, new() { Name = "Revoked" }).ClickAsync();
        await Expect(page.Locator("tbody tr").Filter(new() { HasNotText = "revoked" })).ToHaveCountAsync(0);
    }
}
