using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Codexport.Engine.Content;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;
using Codexport.Server;
using Codexport.Tests.Master;

namespace Codexport.Tests.Serving;

/// <summary>A master in a throw-away home, with a real server on loopback.</summary>
internal sealed class TestMaster : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _endNow = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("codexport-serve-").FullName;
    private Task _running = Task.CompletedTask;

    private TestMaster()
    {
        Engine = new EngineContext(
            new CodexportHome(_folder, Path.Combine(_folder, ".codex")), new PhysicalFileSystem(), TimeProvider.System);
        Identity = MasterIdentity.Create(Engine);
        Store = new ObjectStore(Engine.Files, Engine.Home.ObjectsFolder);
        Server = new MasterServer(Engine);
        Http = MakeClient();
        ReadSettings = () => Settings;
    }

    public EngineContext Engine { get; }

    public MasterIdentity Identity { get; }

    public ObjectStore Store { get; }

    public MasterServer Server { get; private set; }

    public EventRecorder Events { get; } = new();

    public HttpClient Http { get; private set; }

    public LocalSettings Settings { get; set; } = new();

    /// <summary>Where the server gives figures.</summary>
    public MetricsSettings Metrics { get; init; } = MetricsSettings.None;

    /// <summary>How the server reads its settings.</summary>
    public Func<LocalSettings> ReadSettings { get; set; }

    public int Port => Server.Port;

    public static async Task<TestMaster> StartAsync(
        ServerLimits? limits = null, LocalSettings? settings = null, Func<CancellationToken, Task>? watch = null, string host = "127.0.0.1",
        MetricsSettings? metrics = null, Action<EngineContext>? prepare = null)
    {
        var master = new TestMaster { Settings = settings ?? new LocalSettings(), Metrics = metrics ?? MetricsSettings.None };
        prepare?.Invoke(master.Engine);
        await master.PublishAsync(("AGENTS.md", "Be kind."), ("skills/a/SKILL.md", "first"), ("skills/b/SKILL.md", "first"));
        await master.RunAsync(limits, watch, host);
        return master;
    }

    public async Task RunAsync(ServerLimits? limits = null, Func<CancellationToken, Task>? watch = null, string host = "127.0.0.1")
    {
        Server = new MasterServer(Engine) { Limits = limits ?? ServerLimits.Default, ReadSettings = () => ReadSettings(), Watch = watch, EndNow = _endNow.Token };
        _running = Server.RunAsync(new MasterServerOptions(host, 0, [], NoWatch: watch is null) { Metrics = Metrics }, Events, _stop.Token);
        await Server.Started.WaitAsync(TimeSpan.FromSeconds(60));
        Http.BaseAddress = new Uri($"https://127.0.0.1:{Port}");
    }

    /// <summary>Asks to stop and does not wait.</summary>
    public Task BeginStop()
    {
        _stop.Cancel();
        return _running;
    }

    public void EndNow() => _endNow.Cancel();

    /// <summary>Saves settings: what the server reads, and a file that changed.</summary>
    public async Task SaveSettingsAsync(LocalSettings settings)
    {
        Settings = settings;
        await File.WriteAllTextAsync(Engine.Home.SettingsFile, $"# {Guid.NewGuid()}\n");
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Publishes a revision of these files and puts it in service.</summary>
    public async Task<Sha256Hash> PublishAsync(params (string Path, string Text)[] files)
        => await PublishBytesAsync([.. files.Select(file => (file.Path, Encoding.UTF8.GetBytes(file.Text)))]);

    public async Task<Sha256Hash> PublishBytesAsync(params (string Path, byte[] Content)[] files)
    {
        var document = new RevisionDocument(files.Select(file => new RevisionFile(file.Path, false, file.Content.Length, Store.Put(file.Content))));
        Store.Flush();
        var head = await new PublishedRevisions(Engine).PublishAsync(document, Identity, CancellationToken.None);
        Server.Refresh();
        return head.Revision;
    }

    public HttpClient MakeClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        Expect100ContinueTimeout = TimeSpan.FromSeconds(60),
        AutomaticDecompression = DecompressionMethods.None,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                Convert.ToHexStringLower(SHA256.HashData(
                    ((System.Security.Cryptography.X509Certificates.X509Certificate2)certificate!).PublicKey.ExportSubjectPublicKeyInfo()))
                    == Identity.Fingerprint,
        },
    })
    {
        BaseAddress = Server is null || Port == 0 ? null : new Uri($"https://127.0.0.1:{Port}"),
    };

    public async Task<string> InviteAsync() => await new Invites(Engine).GetAsync(renew: false, CancellationToken.None);

    public Task<HttpResponseMessage> PostJoinAsync(string? invite, string name = "laptop") => Http.PostAsync(
        ProtocolConstants.FollowersPath,
        new StringContent(new JsonObject { ["invite"] = invite, ["name"] = name, ["platform"] = "linux", ["version"] = "0.1.0" }.ToJsonString()));

    /// <summary>Joins with the invite in force; requests carry the credential from then on.</summary>
    public async Task<JsonNode> JoinAsync(string name = "laptop")
    {
        using var response = await PostJoinAsync(await InviteAsync(), name);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var follower = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
        Http.DefaultRequestHeaders.Authorization = new("Bearer", (string)follower["credential"]!);
        return follower;
    }

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return socket;
    }

    /// <summary>Sends bytes as they are and reads what comes until the server closes.</summary>
    public async Task<string> ExchangeAsync(byte[] sent, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync();
        using var stream = new NetworkStream(socket);
        try
        {
            await stream.WriteAsync(sent, cancellationToken);
        }
        catch (IOException)
        {
            // The server may have answered and closed before it took everything.
        }

        return await ReadToEndAsync(stream, cancellationToken);
    }

    public static async Task<string> ReadToEndAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var received = new MemoryStream();
        try
        {
            await stream.CopyToAsync(received, cancellationToken);
        }
        catch (IOException)
        {
            // A reset ends an exchange as well as a close does.
        }

        return Encoding.UTF8.GetString(received.ToArray());
    }

    public Task<string> ExchangeAsync(string sent, CancellationToken cancellationToken)
        => ExchangeAsync(Encoding.ASCII.GetBytes(sent), cancellationToken);

    /// <summary>The server answers a fresh peer, over TLS and without.</summary>
    public async Task AssertLivesAsync(CancellationToken cancellationToken)
    {
        using var client = MakeClient();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(ProtocolConstants.HeadPath));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"http://127.0.0.1:{Port}{ProtocolConstants.HealthPath}"));

        // A busy machine may miss the short deadlines of an impatient server; a dead server misses every time.
        async Task<HttpStatusCode> StatusAsync(string path)
        {
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    using var response = await client.GetAsync(path, cancellationToken);
                    return response.StatusCode;
                }
                catch (HttpRequestException) when (attempt < 10)
                {
                    await Task.Delay(100, cancellationToken);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await StopAsync();
        _stop.Dispose();
        _endNow.Dispose();
        Identity.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
