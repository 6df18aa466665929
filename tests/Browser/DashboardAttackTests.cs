using System.Net;
using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Dashboard;
using Codexport.Engine.Results;

namespace Codexport.Tests.Browser;

/// <summary>What others try at the dashboard: users of this machine, pages in the same browser, names that lead here. None of it needs a browser.</summary>
public sealed class DashboardAttackTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WithoutATicket_NothingIsShown()
    {
        await using var master = await DashboardMaster.StartAsync();
        using var visitor = await Visitor.ComeAsync(master);
        foreach (var path in new[] { "/", "/enter", "/enter?ticket=x", $"/enter?ticket={new string('A', 75)}", "/link", "/x/", "/x/link", "/x/live", "/x/page.js", "/v1/head", "/healthz" })
        {
            using var answer = await visitor.GetAsync(path);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.DoesNotContain("Fleet", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Ticket_LetsInOnce_AndOnlyWhileItLasts()
    {
        await using var master = await DashboardMaster.StartAsync();
        var address = await master.AddressAsync();
        using var visitor = await Visitor.ComeAsync(master, address);
        Assert.NotNull(visitor.Cookie);
        using var second = new Visitor(new Uri(address));
        using var again = await second.GetAsync(new Uri(address).PathAndQuery);
        Assert.Equal(HttpStatusCode.Forbidden, again.StatusCode);

        var late = await master.AddressAsync();
        master.Home.Clock.Ahead = DashboardTicket.Lifetime + TimeSpan.FromSeconds(1);
        using var lateAnswer = await second.GetAsync(new Uri(late).PathAndQuery);
        Assert.Equal(HttpStatusCode.Forbidden, lateAnswer.StatusCode);
    }

    [Fact]
    public async Task Ticket_OfAnotherKeyOrChanged_LetsNobodyIn()
    {
        await using var master = await DashboardMaster.StartAsync();
        var door = DashboardDoor.TryRead(master.Home.Context)!;
        using var visitor = new Visitor(new Uri(await master.AddressAsync()));
        var good = DashboardTicket.Make(door, DateTimeOffset.UtcNow + TimeSpan.FromMinutes(1));
        foreach (var ticket in new[]
        {
            DashboardTicket.Make(door with { Key = new byte[DashboardDoor.KeySize] }, DateTimeOffset.UtcNow + TimeSpan.FromMinutes(1)),
            DashboardTicket.Make(door, DateTimeOffset.UtcNow + TimeSpan.FromDays(1)),
            (good[0] == 'A' ? "B" : "A") + good[1..],
            good[..^1],
        })
        {
            using var answer = await visitor.GetAsync("/enter?ticket=" + ticket);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        using var entered = await visitor.GetAsync("/enter?ticket=" + good);
        Assert.Equal(HttpStatusCode.OK, entered.StatusCode);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost:{port}")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]:{port}")]
    [InlineData("127.0.0.1.evil.example:{port}")]
    public async Task ForgedHost_IsRefused_WithAGoodCookieToo(string host)
    {
        await using var master = await DashboardMaster.StartAsync();
        using var visitor = await Visitor.ComeAsync(master, await master.AddressAsync());
        using var answer = await visitor.SendAsync(HttpMethod.Get, visitor.Root, request => request.Headers.Host = host.Replace("{port}", $"{visitor.Port}", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task StolenCookie_IsOfNoUse_WithoutThePathOrFromAnotherOrigin()
    {
        await using var master = await DashboardMaster.StartAsync();
        await master.AskAsync("waiting");
        var id = (await master.FindAsync("waiting")).Id;
        using var visitor = await Visitor.ComeAsync(master, await master.AddressAsync());
        using var other = await Visitor.ComeAsync(master, await master.AddressAsync());

        // A cookie opens its own path alone, and that path is told to nobody.
        Assert.Contains($"path={visitor.Root}", visitor.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("httponly", visitor.SetCookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", visitor.SetCookie, StringComparison.OrdinalIgnoreCase);
        using var crossed = await visitor.GetAsync(other.Root);
        Assert.Equal(HttpStatusCode.Forbidden, crossed.StatusCode);

        var token = await visitor.FormTokenAsync();
        foreach (var headers in new (string Name, string Value)[][]
        {
            [("Origin", "http://evil.example")], [("Origin", "null")], [("Origin", $"http://127.0.0.1:{visitor.Port + 1}")], [("Origin", $"http://localhost:{visitor.Port}")],
            [("Origin", visitor.Origin), ("Sec-Fetch-Site", "same-site")], [("Origin", visitor.Origin), ("Sec-Fetch-Site", "cross-site")], [],
        })
        {
            using var answer = await visitor.PostAsync($"followers/{id}/approve", headers, ("form", token));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        Assert.Equal(FollowerState.Pending, (await master.FindAsync("waiting")).State);
        using var allowed = await visitor.PostAsync($"followers/{id}/approve", [("Origin", visitor.Origin)], ("form", token));
        Assert.Equal(HttpStatusCode.SeeOther, allowed.StatusCode);
        Assert.Equal(FollowerState.Approved, (await master.FindAsync("waiting")).State);
    }

    [Fact]
    public async Task Form_WithoutTheTokenOfItsSession_ChangesNothing()
    {
        await using var master = await DashboardMaster.StartAsync();
        await master.JoinAsync("laptop");
        var id = (await master.FindAsync("laptop")).Id;
        using var visitor = await Visitor.ComeAsync(master, await master.AddressAsync());
        using var other = await Visitor.ComeAsync(master, await master.AddressAsync());
        var foreign = await other.FormTokenAsync();
        foreach (var path in new[] { $"followers/{id}/revoke", $"followers/{id}/approve", $"followers/{id}/refuse", "link", "publication", "leave" })
        {
            foreach (var token in new[] { "", "x", foreign })
            {
                using var answer = await visitor.PostAsync(path, [("Origin", visitor.Origin)], ("form", token), ("hosts", "a"), ("accept", "on"));
                Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            }

            using var asked = await visitor.GetAsync($"{visitor.Root}{path}");
            Assert.NotEqual(HttpStatusCode.SeeOther, asked.StatusCode);
        }

        Assert.Equal(FollowerState.Approved, (await master.FindAsync("laptop")).State);
        using var still = await visitor.GetAsync(visitor.Root);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task EveryAnswer_ForbidsWhatNoPageOfOursDoes()
    {
        await using var master = await DashboardMaster.StartAsync();
        using var visitor = await Visitor.ComeAsync(master, await master.AddressAsync());
        foreach (var path in new[] { visitor.Root, visitor.Root + "link", visitor.Root + "page.js", "/nothing", "/enter" })
        {
            using var answer = await visitor.GetAsync(path);
            var policy = string.Join(';', answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", string.Join(';', answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("same-origin", string.Join(';', answer.Headers.GetValues("Referrer-Policy")));
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task Names_AreTextWhereverTheyStand()
    {
        const string Name = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;";
        await using var master = await DashboardMaster.StartAsync(home => home.Write("skills/x&y'z/SKILL.md", "</pre><script>alert(3)</script>\n"));
        await master.AskAsync(Name[..40]);
        await master.JoinAsync(Name[8..]);
        using var visitor = await Visitor.ComeAsync(master, await master.AddressAsync());
        var revision = (await master.Master.GetPublishedRevisionsAsync(Stop))[0].Revision;
        foreach (var path in new[] { "", "?q=%3Cscript%3Ealert(4)%3C/script%3E&note=%3Cb%3E", $"followers/{(await master.FindAsync(Name[8..])).Id}", $"revisions/{revision}", "publication", "followers/%3Cscript%3E" })
        {
            var page = await visitor.ReadAsync(visitor.Root + path);
            Assert.Equal(1, page.Split("<script").Length - 1);
            Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
            Assert.DoesNotContain("x&y'z", page, StringComparison.Ordinal);
        }

        Assert.Contains("&lt;/pre&gt;&lt;script&gt;alert(3)", await visitor.ReadAsync($"{visitor.Root}revisions/{revision}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DoorFile_IsForThisUserAlone_AndTheCommandSpeaksToItsOwnMasterOnly()
    {
        await using var master = await DashboardMaster.StartAsync();
        var file = DashboardDoor.PathOf(master.Home.Context);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        // Another program has the port of a master that has crashed, and does not know its key.
        var door = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(file, Stop));
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { port = door.GetProperty("port").GetInt32(), key = Convert.ToBase64String(new byte[32]) }), Stop);
        var error = await Assert.ThrowsAsync<CodexportException>(master.AddressAsync);
        Assert.Equal(ErrorCode.DashboardNotServed, error.Code);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            Assert.Equal(ErrorCode.StateUnsafe, (await Assert.ThrowsAsync<CodexportException>(master.AddressAsync)).Code);
        }
    }

    [Fact]
    public async Task Browser_IsGivenAFileOfThisUser_NeverTheTicketOnItsCommandLine()
    {
        await using var master = await DashboardMaster.StartAsync();
        string? opened = null;
        var context = master.Home.Context with
        {
            OpenFile = file =>
            {
                opened = file;
                return true;
            },
        };
        var result = await new Engine.Master.Operations.MasterOperations(context).OpenDashboardAsync(open: true, Stop);
        Assert.True(result.Opened);
        Assert.Equal(DashboardDoor.LeadInOf(context), opened);
        Assert.Contains(result.Address, await File.ReadAllTextAsync(opened!, Stop), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(opened!));
        }
    }

    [Fact]
    public async Task Body_ThatIsTooLong_IsRefused()
    {
        await using var master = await DashboardMaster.StartAsync();
        using var visitor = await Visitor.ComeAsync(master, await master.AddressAsync());
        using var answer = await visitor.PostAsync("link", [("Origin", visitor.Origin)], ("form", await visitor.FormTokenAsync()), ("hosts", new string('x', 100_000)));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
