using System.Net;
using System.Net.Sockets;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;

namespace Codexport.Tests.Follower;

/// <summary>The one deadline of the hook's sync, against masters that take time and give nothing.</summary>
public sealed class QuickSyncHangingTests : IAsyncLifetime
{
    private readonly SimulatedMaster _master = new();
    private readonly FollowerHome _home = new(timeouts: FollowerHome.OnlyQuickDeadline(1));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _master.Publish(("AGENTS.md", "first"));
        await _home.JoinAsync(_master);
    }

    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Quick_WhenTheMasterAcceptsAndNeverAnswers_EndsSilentlyInTime()
    {
        _master.Script = _ => new HostileAnswer((_, token) => Task.Delay(Timeout.Infinite, token));
        await AssertSilentInTimeAsync();
    }

    [Fact]
    public async Task Quick_WhenTheMasterHangsBehindTls_EndsSilentlyInTime()
    {
        _master.Publish(("AGENTS.md", "second"));
        _master.Script = request => request.IsSecure ? new HostileAnswer((_, token) => Task.Delay(Timeout.Infinite, token)) : null;
        await AssertSilentInTimeAsync();
        Assert.Equal("first", _home.Read("AGENTS.md"));
    }

    [Fact]
    public async Task Quick_WhenTheMasterSendsAByteASecond_EndsSilentlyInTime()
    {
        _master.Publish(("AGENTS.md", "second"));
        _master.Script = _ => HostileAnswer.Drip("HTTP/1.1 200 OK\r\n", TimeSpan.FromSeconds(1));
        await AssertSilentInTimeAsync();
    }

    [Fact]
    public async Task Quick_WhenTheAddressDropsPackets_EndsSilentlyInTime()
    {
        // A full queue of a listener that never accepts: the kernel drops what comes after.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        using var fillers = new Fillers(port);
        var settings = File.ReadAllText(_home.Context.Home.SettingsFile);
        File.WriteAllText(_home.Context.Home.SettingsFile, $"masterUrl = \"http://127.0.0.1:{port}\"\n" + WithoutMaster(settings));
        await AssertSilentInTimeAsync();
    }

    private static string WithoutMaster(string settings)
        => string.Join('\n', settings.Split('\n').Where(line => !line.StartsWith("masterUrl", StringComparison.Ordinal)));

    // Every other limit is hours away: that it ends is the deadline's doing.
    private async Task AssertSilentInTimeAsync()
    {
        Assert.Null(await Task.Run(() => _home.Operations.QuickSync(Token), Token).WaitAsync(FollowerHome.Patience, Token));
        var contact = ContactRecord.Read(_home.Context);
        Assert.Contains(contact.LastError, new[] { nameof(ErrorCode.MasterTimeout), nameof(ErrorCode.MasterUnreachable) });
        Assert.NotNull(contact.NextQuickSync);
    }

    private sealed class Fillers : IDisposable
    {
        private readonly List<Socket> _sockets = [];

        public Fillers(int port)
        {
            for (var index = 0; index < 16; index++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                _sockets.Add(socket);
                try
                {
                    socket.Connect(IPAddress.Loopback, port);
                }
                catch (SocketException)
                {
                    // In progress, or dropped: either way the queue is full in the end.
                }
            }
        }

        public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
    }
}
