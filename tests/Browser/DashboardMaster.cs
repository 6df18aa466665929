using System.Collections.Concurrent;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Server;
using Codexport.Tests.Follower;
using Codexport.Tests.Master;
using Codexport.Tests.Serving;
using Microsoft.Playwright;

namespace Codexport.Tests.Browser;

/// <summary>A real master that watches its Codex home and serves followers and the dashboard, with real followers.</summary>
internal sealed class DashboardMaster : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<FollowerHome> _followers = [];
    private Task _running = Task.CompletedTask;

    public MasterHome Home { get; } = new();

    public MasterOperations Master => new(Home.Context);

    public EventRecorder Events { get; } = new();

    public MasterServer Server { get; private set; } = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<DashboardMaster> StartAsync(Action<MasterHome>? prepare = null)
    {
        var master = new DashboardMaster();
        master.Home.Write("AGENTS.md", "# Rules\n\nBe kind.\n");
        master.Home.Write("config.toml", "model = \"gpt-5-codex\"\n\n[mcp_servers.docs]\ncommand = \"docs-server\"\nenv = { API_KEY = \"hunter2-first\" }\n");
        for (var number = 1; number <= 6; number++)
        {
            master.Home.Write($"skills/skill-{number}/SKILL.md", $"# Skill {number}\n\nDo it well.\n");
        }

        prepare?.Invoke(master.Home);
        await master.Home.InitializeAsync();
        master.Server = new MasterServer(master.Home.Context);
        master._running = master.Server.RunAsync(new MasterServerOptions("127.0.0.1", 0, [], NoWatch: false) { HasDashboard = true }, master.Events, master._stop.Token);
        await master.Server.Started.WaitAsync(TimeSpan.FromMinutes(2), Stop);
        return master;
    }

    /// <summary>An address that lets in once.</summary>
    public async Task<string> AddressAsync() => (await Master.OpenDashboardAsync(open: false, Stop)).Address;

    /// <summary>A page that was let in.</summary>
    public async Task<IPage> EnterAsync(IBrowserContext window)
    {
        var page = await window.NewPageAsync();
        await page.GotoAsync(await AddressAsync());
        await page.GetByRole(AriaRole.Heading, new() { Name = "Fleet" }).WaitForAsync();
        return page;
    }

    public async Task<JoinLink> LinkAsync(bool renew = false)
        => JoinLink.Parse((await Master.CreateJoinLinkAsync("127.0.0.1", Server.Port, renew, Stop)).JoinLink);

    /// <summary>A follower that joins with the durable link and applies.</summary>
    public async Task<FollowerHome> JoinAsync(string name)
    {
        var follower = NewFollower(name);
        await follower.Operations.JoinAsync(new JoinOptions(await LinkAsync(), Apply: true, Adopt: false) { Name = name }, Stop);
        return follower;
    }

    /// <summary>A follower that has no invite, and waits.</summary>
    public async Task<FollowerHome> AskAsync(string name)
    {
        var follower = NewFollower(name);
        var error = await Assert.ThrowsAsync<CodexportException>(async () => await follower.Operations.JoinAsync(
            new JoinOptions(await LinkAsync() with { Invite = null }, Apply: true, Adopt: false) { Name = name }, Stop));
        Assert.Equal(ErrorCode.ApprovalPending, error.Code);
        return follower;
    }

    public async Task<FollowerInfo> FindAsync(string name) => await Master.GetFollowerAsync(name, Stop);

    /// <summary>Changes a file as a person does, and waits until it is in service.</summary>
    public async Task<string> PublishAsync(string path, string text)
    {
        var known = Events.Events.OfType<RevisionPublished>().Select(happening => happening.Sequence).ToHashSet();
        Home.Write(path, text, DateTime.UtcNow);
        return (await Events.WaitAsync<RevisionPublished>(happening => !known.Contains(happening.Sequence), Stop)).Revision;
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromMinutes(2), Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        foreach (var follower in _followers)
        {
            follower.Dispose();
        }

        Home.Dispose();
    }

    private FollowerHome NewFollower(string name)
    {
        var follower = new FollowerHome();
        follower.Services = new FollowerServices { MachineName = name };
        _followers.Add(follower);
        return follower;
    }
}
