using System.Net;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;
using Codexport.Server;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Serving;

public sealed class LiveSettingsTests : IDisposable
{
    private static readonly IPAddress Neighbour = IPAddress.Parse("192.168.7.9");

    private readonly TemporaryFolder _folder = new();
    private readonly EventRecorder _events = new();
    private readonly EngineContext _engine;
    private readonly PeerBook _peers = new(ServerLimits.Default, TimeProvider.System);

    public LiveSettingsTests()
    {
        _engine = new EngineContext(new CodexportHome(_folder.Path, Path.Combine(_folder.Path, ".codex")), new PhysicalFileSystem(), TimeProvider.System);
        Directory.CreateDirectory(_engine.Home.StateFolder);
    }

    private IEnumerable<ServerWarning> Warnings => _events.Events.OfType<ServerWarning>();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Settings_WhenSaved_CountAtTheNextLook()
    {
        var settings = Open("");
        Assert.False(settings.Allows(Neighbour));
        Save("allow = [\"192.168.7.0/24\"]\nadmission = \"approve\"\n");
        settings.Refresh();
        Assert.True(settings.Allows(Neighbour));
        Assert.Equal(Admission.Approve, settings.Admission);
        Save("");
        settings.Refresh();
        Assert.False(settings.Allows(Neighbour));
        Assert.Equal(Admission.Invite, settings.Admission);
        Assert.Empty(Warnings);
    }

    [Theory]
    [InlineData("allow = [\"192.168.7.0/99\"]")]
    [InlineData("allow = [")]
    [InlineData("admission = \"all\"")]
    public void Settings_WhenBroken_KeepTheLastGoodAndAreToldOnce(string broken)
    {
        var settings = Open("allow = [\"192.168.7.0/24\"]\nadmission = \"approve\"\n");
        Save(broken);
        for (var look = 0; look < 5; look++)
        {
            settings.Refresh();
            Assert.True(settings.Allows(Neighbour));
            Assert.Equal(Admission.Approve, settings.Admission);
        }

        var warning = Assert.Single(Warnings);
        Assert.True(warning.Code is nameof(ErrorCode.SettingsInvalid) or nameof(ErrorCode.TomlInvalid), warning.Code);
        Save("allow = [\"10.0.0.0/8\"]\n");
        settings.Refresh();
        Assert.False(settings.Allows(Neighbour));
    }

    [Fact]
    public void Settings_WhenBrokenAtTheStart_AreRefused()
        => Assert.Equal(ErrorCode.SettingsInvalid, Assert.Throws<CodexportException>(() => Open("allow = [\"x\"]")).Code);

    [Fact]
    public void Port_WhenChanged_NeedsARestartAndIsToldOnce()
    {
        var settings = Open("port = 17400\n", port: 17400);
        Save("port = 17401\n");
        settings.Refresh();
        settings.Refresh();
        var warning = Assert.Single(Warnings);
        Assert.Equal(nameof(ErrorCode.RestartNeeded), warning.Code);
        Assert.Contains("17401", warning.Message, StringComparison.Ordinal);
        Save("port = 17400\n");
        settings.Refresh();
        Assert.Single(Warnings);
    }

    [Fact]
    public void Port_WhenItCameFromTheCommandLine_IsNotAskedFor()
    {
        var settings = Open("port = 17400\n", port: 9000);
        Save("port = 17401\n");
        settings.Refresh();
        Assert.Empty(Warnings);
    }

    [Fact]
    public async Task Server_WhenAnAddressIsAllowedAndShutOutAgain_FollowsAtOnce()
    {
        var own = (await Dns.GetHostAddressesAsync(Dns.GetHostName(), TestContext.Current.CancellationToken))
            .Concat(System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces().SelectMany(item => item.GetIPProperties().UnicastAddresses).Select(item => item.Address))
            .FirstOrDefault(address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));
        Assert.SkipWhen(own is null, "This machine has no address but loopback.");
        await using var master = await TestMaster.StartAsync(host: "0.0.0.0");
        using var client = new HttpClient { BaseAddress = new Uri($"http://{own}:{master.Port}") };
        Assert.SkipWhen(new PeerFilter([]).Allows(own), "This machine's address is always allowed.");
        await AssertIsDroppedAsync(client);
        var refused = await master.Events.WaitAsync<PeerRefused>(TestContext.Current.CancellationToken);
        Assert.Equal((nameof(ErrorCode.PeerRefused), own.ToString()), (refused.Reason, refused.Address));

        await master.SaveSettingsAsync(new LocalSettings { AllowedPeers = [own.ToString()] });
        using (var allowed = await client.GetAsync("/healthz", TestContext.Current.CancellationToken))
        {
            Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        }

        // The connection is still open; it is the address that is shut out.
        await master.SaveSettingsAsync(new LocalSettings());
        using var loopback = await master.Http.GetAsync("/healthz", TestContext.Current.CancellationToken);
        await AssertIsDroppedAsync(client);
    }

    // A connection that ends while it is still being made shows in more than one way.
    private static async Task AssertIsDroppedAsync(HttpClient client)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => client.GetAsync("/healthz", TestContext.Current.CancellationToken));
        Assert.True(error is HttpRequestException or System.Net.Sockets.SocketException, error.ToString());
    }

    private LiveSettings Open(string toml, int port = 17342)
    {
        Save(toml);
        return new LiveSettings(
            _engine, () => SettingsFile.Read(_engine.Files, _engine.Home.SettingsFile), new MasterServerOptions("127.0.0.1", port, [], NoWatch: true),
            new ServerLog(_events, TimeProvider.System, _peers));
    }

    private void Save(string toml) => File.WriteAllText(_engine.Home.SettingsFile, toml);
}
