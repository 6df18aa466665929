using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Codexport.Server;

namespace Codexport.Tests.Serving;

public sealed class AbuseTests
{
    // Far longer than any limit below, so that a busy machine does not fail a test, and far shorter than waiting for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly ServerLimits Impatient = new()
    {
        FirstByteTimeout = TimeSpan.FromMilliseconds(500),
        HandshakeTimeout = TimeSpan.FromMilliseconds(500),
        HeaderTimeout = TimeSpan.FromMilliseconds(500),
        IdleTimeout = 5 * Patience,
    };

    // Only the pace counts here: nothing else may cut a slow machine off first.
    private static readonly ServerLimits Paced = new()
    {
        FirstByteTimeout = 5 * Patience,
        HandshakeTimeout = 5 * Patience,
        HeaderTimeout = 5 * Patience,
        IdleTimeout = 5 * Patience,
        DataRateGrace = TimeSpan.FromSeconds(2.5),
        MinDataRate = 50_000,
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("\u0016")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001")]
    [InlineData("GET /v1/head HT")]
    [InlineData("GET /v1/head HTTP/1.1\r\nHost: a\r\nX: ")]
    public async Task Peer_ThatStopsHalfway_IsCutOff(string sent)
    {
        await using var master = await TestMaster.StartAsync(Impatient);
        var answer = await master.ExchangeAsync(Encoding.Latin1.GetBytes(sent), Stop).WaitAsync(Patience, Stop);
        Assert.DoesNotContain("200 OK", answer, StringComparison.Ordinal);
        await master.AssertLivesAsync(Stop);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET /v1/head HT")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001")]
    [InlineData("GET /v1/head HTTP/1.1\r\nHost: a\r\nX: ")]
    public async Task Connections_ThatHaveProvenNothing_LockNoFollowerOut(string sent)
    {
        var patient = new ServerLimits
        {
            MaxConnections = 40,
            FirstByteTimeout = 5 * Patience,
            HandshakeTimeout = 5 * Patience,
            HeaderTimeout = 5 * Patience,
            IdleTimeout = 5 * Patience,
        };
        await using var master = await TestMaster.StartAsync(patient);
        var revision = await master.PublishAsync(("AGENTS.md", "Be kind."));
        await master.JoinAsync();
        using var held = await master.Http.GetAsync(ProtocolConstants.HeadPath, Stop);
        var sockets = new List<Socket>();
        try
        {
            for (var index = 0; index < 100; index++)
            {
                sockets.Add(await master.ConnectAsync());
                await sockets[^1].SendAsync(Encoding.Latin1.GetBytes(sent), Stop);
            }

            using var follower = master.MakeClient();
            follower.DefaultRequestHeaders.Authorization = master.Http.DefaultRequestHeaders.Authorization;
            using var answer = await follower.GetAsync($"{ProtocolConstants.RevisionsPath}{revision}", Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Peer_ThatSendsRandomBytes_IsCutOff()
    {
        await using var master = await TestMaster.StartAsync(Impatient);
        for (var i = 0; i < 40; i++)
        {
            var noise = RandomNumberGenerator.GetBytes(200);
            noise[0] = i % 2 == 0 ? (byte)0x16 : noise[0];
            Assert.DoesNotContain("200 OK", await master.ExchangeAsync(noise, Stop), StringComparison.Ordinal);
        }

        await master.AssertLivesAsync(Stop);
    }

    [Fact]
    public async Task Peer_WithHugeHeaders_IsRefused()
    {
        await using var master = await TestMaster.StartAsync();
        var answer = await master.ExchangeAsync($"GET /v1/head HTTP/1.1\r\nHost: a\r\nX: {new string('x', 40_000)}\r\n\r\n", Stop);
        Assert.StartsWith("HTTP/1.1 431", answer, StringComparison.Ordinal);
        var line = await master.ExchangeAsync($"GET /{new string('x', 40_000)} HTTP/1.1\r\nHost: a\r\n\r\n", Stop);
        Assert.StartsWith("HTTP/1.1 414", line, StringComparison.Ordinal);
        var many = await master.ExchangeAsync(
            $"GET /v1/head HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Range(0, 200).Select(i => $"X{i}: y\r\n"))}\r\n", Stop);
        Assert.StartsWith("HTTP/1.1 431", many, StringComparison.Ordinal);
        await master.AssertLivesAsync(Stop);
    }

    [Fact]
    public async Task Peer_ThatSendsABodySlowly_IsCutOff()
    {
        await using var master = await TestMaster.StartAsync(Paced);
        using var socket = await master.ConnectAsync();
        await using var tls = await SecureAsync(socket, SslProtocols.None);
        await tls.WriteAsync("POST /v1/followers HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{"u8.ToArray(), Stop);
        Assert.DoesNotContain(" 201", await TestMaster.ReadToEndAsync(tls, Stop).WaitAsync(Patience, Stop), StringComparison.Ordinal);
        await master.AssertLivesAsync(Stop);
    }

    [Fact]
    public async Task Peer_ThatDoesNotTakeItsBundle_IsCutOff()
    {
        await using var master = await TestMaster.StartAsync(Paced);
        var credential = (string)(await master.JoinAsync())["credential"]!;
        var revision = await master.PublishBytesAsync(("a.bin", RandomNumberGenerator.GetBytes(32 << 20)));
        using var socket = await master.ConnectAsync();
        socket.ReceiveBufferSize = 4096;
        await using var tls = await SecureAsync(socket, SslProtocols.None);
        await tls.WriteAsync(
            Encoding.ASCII.GetBytes($"GET {ProtocolConstants.BundlePath}{revision} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {credential}\r\n\r\n"), Stop);
        await tls.ReadExactlyAsync(new byte[100], Stop);

        // Reading nothing for longer than the server bears; what is left in between is far less than the bundle.
        var deadline = Stopwatch.StartNew();
        var isCutOff = false;
        while (!isCutOff && deadline.Elapsed < Patience)
        {
            await Task.Delay(200, Stop);
            isCutOff = socket.Poll(0, SelectMode.SelectError) || await IsResetAsync(socket);
        }

        Assert.True(isCutOff);
        Assert.Empty(master.Events.Events.OfType<FollowerSynced>());
        await master.AssertLivesAsync(Stop);

        static async Task<bool> IsResetAsync(Socket socket)
        {
            try
            {
                await socket.SendAsync(new byte[1], SocketFlags.None, Stop);
                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task Peer_WithOldTls_IsRefused()
    {
        await using var master = await TestMaster.StartAsync();
        using var socket = await master.ConnectAsync();
#pragma warning disable CA5397, SYSLIB0039, CS0618 // Offering what must be refused.
        await Assert.ThrowsAnyAsync<Exception>(() => SecureAsync(socket, SslProtocols.Tls11));
#pragma warning restore CA5397, SYSLIB0039, CS0618
        await master.AssertLivesAsync(Stop);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Peer_WithCurrentTls_IsServedWithThePinnedKey(SslProtocols protocol)
    {
        await using var master = await TestMaster.StartAsync();
        using var socket = await master.ConnectAsync();
        await using var tls = await SecureAsync(socket, protocol);
        Assert.Equal(protocol, tls.SslProtocol);
        using var certificate = new System.Security.Cryptography.X509Certificates.X509Certificate2(tls.RemoteCertificate!);
        Assert.Equal(
            master.Identity.Fingerprint, Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo())));
    }

    [Fact]
    public async Task Address_WithTooManyConnections_IsRefusedUntilSomeClose()
    {
        await using var master = await TestMaster.StartAsync(new ServerLimits { LimitsLoopback = true, MaxConnectionsPerAddress = 3 });
        var held = new List<Socket>();
        for (var i = 0; i < 3; i++)
        {
            var socket = await master.ConnectAsync();
            await socket.SendAsync("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Stop);
            Assert.True(await socket.ReceiveAsync(new byte[1000], Stop) > 0);
            held.Add(socket);
        }

        Assert.Empty(await AnswerAsync(master, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.Equal(nameof(ErrorCode.LimitExceeded), (await master.Events.WaitAsync<PeerRefused>(Stop)).Reason);
        held.ForEach(socket => socket.Dispose());
        await EventuallyAsync(async () => (await AnswerAsync(master, "GET /healthz HTTP/1.0\r\n\r\n")).Contains(" 200 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Address_WithTooManyRequests_IsSlowedDown()
    {
        await using var master = await TestMaster.StartAsync(new ServerLimits { LimitsLoopback = true, RequestBurst = 5, RequestsPerSecond = 0.01 });
        for (var i = 0; i < 5; i++)
        {
            using var taken = await master.Http.GetAsync(ProtocolConstants.HeadPath, Stop);
            Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        }

        using var refused = await master.Http.GetAsync(ProtocolConstants.HeadPath, Stop);
        await AnswerAssert.IsErrorAsync(refused, HttpStatusCode.TooManyRequests, ErrorCode.LimitExceeded);
    }

    [Fact]
    public async Task Server_WithDamagedFollowers_LetsNobodyInAndLives()
    {
        await using var master = await TestMaster.StartAsync();
        await master.JoinAsync();
        await File.WriteAllTextAsync(Path.Combine(master.Engine.Home.MasterFolder, "followers.json"), "{", Stop);
        using var refused = await master.Http.GetAsync(ProtocolConstants.ObjectsPath + Sha256Hash.Of("first"u8), Stop);
        await AnswerAssert.IsErrorAsync(refused, HttpStatusCode.InternalServerError, ErrorCode.StateDamaged);
        master.Http.DefaultRequestHeaders.Authorization = null;
        await master.AssertLivesAsync(Stop);
    }

    /// <summary>The answer; none when the server drops the connection, which may show while it is still being made.</summary>
    private static async Task<string> AnswerAsync(TestMaster master, string request)
    {
        try
        {
            return await master.ExchangeAsync(request, Stop);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            return string.Empty;
        }
    }

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        var watch = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(watch.Elapsed < Patience, "It did not come about.");
            await Task.Delay(20, Stop);
        }
    }

    private static async Task<SslStream> SecureAsync(Socket socket, SslProtocols protocol)
    {
        var tls = new SslStream(new NetworkStream(socket));
#pragma warning disable CA5359 // The tests that care look at the key themselves.
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "codexport",
                EnabledSslProtocols = protocol,
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
            },
            Stop);
#pragma warning restore CA5359
        return tls;
    }
}
