using System.Net;
using Codexport.Engine.Results;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Codexport.Tests.Browser;

/// <summary>A page of somebody else in the very browser that has the dashboard open, on another port of the same address: the same site to the browser.</summary>
public sealed class ForeignPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ForeignPage_GetsNeitherTheCookieNorAnAnswer_AndItsFormChangesNothing()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        await master.AskAsync("waiting");
        var id = (await master.FindAsync("waiting")).Id;
        var page = await master.EnterAsync(window);
        var root = new Uri(new Uri(page.Url), ".").ToString();
        var token = await page.Locator("input[name=form]").First.InputValueAsync();

        string? cookies = null;
        await using var foreign = await ServeAsync(context =>
        {
            cookies = context.Request.Headers.Cookie.ToString();
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync(
                $"<form method=post action='{root}followers/{id}/approve'><input name=form value='{token}'><button>Send</button></form><iframe src='{root}'></iframe>");
        });
        var other = await window.NewPageAsync();
        await other.GotoAsync(Address(foreign));
        Assert.Equal(string.Empty, cookies);
        Assert.Equal("refused", await other.EvaluateAsync<string>(
            "root => fetch(root, { credentials: 'include' }).then(answer => answer.ok ? 'read' : 'refused', () => 'refused')", root));

        // It even knows the path and the token, which no page tells it.
        await other.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(other.Locator("body")).ToContainTextAsync("This page is for the browser of the person at the master alone");
        Assert.Equal(FollowerState.Pending, (await master.FindAsync("waiting")).State);
    }

    [Fact]
    public async Task ScriptInANameOrFile_IsShownAndNotRun()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync(home => home.Write("AGENTS.md", "<script>document.title='run'</script>\n"));
        await master.JoinAsync("<img src=x onerror=document.title='run'>");
        var page = await master.EnterAsync(window);
        page.Dialog += (_, dialog) => Assert.Fail(dialog.Message);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "<img src=x onerror=document.title='run'>" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Revisions" }).ClickAsync();
        await page.GetByRole(AriaRole.Row).Nth(1).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.GetByText("+<script>document.title='run'</script>")).ToBeVisibleAsync();
        Assert.StartsWith("Revision", await page.TitleAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_AskNobodyButTheirOwnServer_AndTheConsoleStaysEmpty()
    {
        await using var window = await chromium.NewWindowAsync();
        await using var master = await DashboardMaster.StartAsync();
        await master.JoinAsync("laptop");
        var asked = new List<string>();
        var said = new List<string>();
        window.Request += (_, request) => asked.Add(request.Url);
        window.Console += (_, message) => said.Add(message.Text);
        var page = await master.EnterAsync(window);
        foreach (var name in new[] { "Revisions", "Publication", "Join link", "Fleet" })
        {
            await page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();
            await page.GetByRole(AriaRole.Heading, new() { Name = name, Level = 1 }).WaitForAsync();
        }

        var origin = new Uri(page.Url).GetLeftPart(UriPartial.Authority);
        Assert.True(asked.Count > 8, "Hardly any request was seen.");
        Assert.All(asked, address => Assert.StartsWith(origin, address, StringComparison.Ordinal));
        Assert.Empty(said);
    }

    private static async Task<WebApplication> ServeAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var application = builder.Build();
        application.Run(answer);
        await application.StartAsync(Stop);
        return application;
    }

    private static string Address(WebApplication application)
        => application.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features
            .Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!.Addresses.First();
}
