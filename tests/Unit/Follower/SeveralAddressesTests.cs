using System.Net;
using System.Net.Sockets;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Tests.Follower;

public sealed class SeveralAddressesTests : IAsyncLifetime
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new();
    private readonly SilentServer _silent = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Live => $"127.0.0.1:{_master.Server.Port}";

    public async ValueTask InitializeAsync()
    {
        _master.Publish(("AGENTS.md", "first"));
        await _home.JoinAsync(_master);
        _master.Server.ForgetRequests();
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        await _silent.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Sync_WhenTheFirstAddressIsDead_GoesToTheNextAndRemembersIt()
    {
        Use($"http://127.0.0.1:{_silent.Port}", $"https://{Live}");
        _master.Publish(("AGENTS.md", "second"));
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
        Assert.Equal(Live, ContactRecord.Read(_home.Context).LastGood);
        Assert.Equal(1, _silent.Connections);
        _master.Publish(("AGENTS.md", "third"));
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
        Assert.Equal(1, _silent.Connections);
    }

    [Fact]
    public void Quick_WhenTheFirstAddressIsDead_LosesTimeOnlyOnce()
    {
        Use($"http://127.0.0.1:{_silent.Port}", $"http://{Live}");
        _master.Publish(("AGENTS.md", "second"));
        Assert.Contains("applied", _home.Operations.QuickSync(Token), StringComparison.Ordinal);
        Assert.Equal((1, Live), (_silent.Connections, ContactRecord.Read(_home.Context).LastGood));
        _master.Server.ForgetRequests();
        var before = _home.Snapshot();
        Assert.Null(_home.Operations.QuickSync(Token));
        before.AssertUnchanged();
        Assert.Single(_master.Server.Requests);
        Assert.Equal(1, _silent.Connections);
    }

    [Fact]
    public async Task Quick_WhenNothingIsNewAndAnotherAddressAnswers_RemembersThatToo()
    {
        Use($"http://{Live}", $"http://127.0.0.1:{_silent.Port}");
        await _home.SyncAsync();
        (ContactRecord.Read(_home.Context) with { LastGood = $"127.0.0.1:{_silent.Port}" }).Write(_home.Context);
        Assert.Null(_home.Operations.QuickSync(Token));
        Assert.Equal(Live, ContactRecord.Read(_home.Context).LastGood);
        Assert.Null(_home.Operations.QuickSync(Token));
        Assert.Equal(1, _silent.Connections);
    }

    [Fact]
    public async Task Quick_WhenTheHeadIsDueOverTls_LeavesTimeForTheSecondAddress()
    {
        Use($"http://127.0.0.1:{_silent.Port}", $"http://{Live}");
        _home.Time.Now = _home.Time.Now.AddHours(25);
        var revision = _master.Publish(("AGENTS.md", "second"));
        Assert.Contains("applied", _home.Operations.QuickSync(Token), StringComparison.Ordinal);
        Assert.Equal((revision, Live), (ContactRecord.Read(_home.Context).Applied, ContactRecord.Read(_home.Context).LastGood));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Sync_WhenAnotherServiceAnswersAtTheFirst_GoesToTheNext()
    {
        await using var other = new PlainServer();
        Use($"http://127.0.0.1:{other.Port}", $"http://{Live}");
        _master.Publish(("AGENTS.md", "second"));
        Assert.Equal(SyncStatus.Applied, (await _home.SyncAsync()).Status);
    }

    [Fact]
    public async Task Sync_WhenNoneAnswers_IsOffline()
    {
        Use("http://127.0.0.1:1", "http://127.0.0.1:2");
        Assert.Equal(SyncStatus.Offline, (await _home.SyncAsync()).Status);
        Assert.Contains("127.0.0.1:2", ContactRecord.Read(_home.Context).LastMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_WithALinkOfSeveralHosts_KeepsThemAll()
    {
        using var fresh = new FollowerHome();

        // Nobody listens on the first: the server has 127.0.0.1 alone.
        var link = _master.Link with { Host = "127.0.0.2", OtherHosts = ["127.0.0.1"] };
        var result = await fresh.Operations.JoinAsync(new JoinOptions(link, Apply: true, Adopt: false), Token);
        Assert.Equal(SyncStatus.Applied, result.Status);
        var settings = SettingsFile.Read(fresh.Context.Files, fresh.Context.Home.SettingsFile);
        Assert.Equal([$"https://127.0.0.2:{_master.Server.Port}", $"https://{Live}"], settings.MasterUrls);
        Assert.Equal(settings.MasterUrls, EnrollmentRecord.TryRead(fresh.Context)!.MasterUrls);
        Assert.Equal(Live, ContactRecord.Read(fresh.Context).LastGood);
    }

    [Fact]
    public async Task Join_WithASingleAddress_LeavesThePersonsOwnList()
    {
        Use("http://other.example:17342");
        await _home.JoinAsync(_master);
        var settings = SettingsFile.Read(_home.Context.Files, _home.Context.Home.SettingsFile);
        Assert.Equal([$"https://{Live}", "http://other.example:17342"], settings.MasterUrls);
    }

    private void Use(params string[] urls) => SettingsFile.Update(
        _home.Context.Files, _home.Context.Home.SettingsFile,
        new Dictionary<string, object?> { ["masterUrl"] = null, ["masterUrls"] = urls });

    /// <summary>Takes connections and says nothing, as an address behind a broken network does.</summary>
    private sealed class SilentServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<Socket> _sockets = [];
        private readonly Task _accepting;

        public SilentServer()
        {
            _listener.Start();
            _accepting = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Connections => _sockets.Count;

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _accepting;
            _sockets.ForEach(socket => socket.Dispose());
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    _sockets.Add(await _listener.AcceptSocketAsync());
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
