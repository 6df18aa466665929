using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.RegularExpressions;
using Codexport.Engine.Protocol;
using Codexport.Server;

namespace Codexport.Tests.Serving;

/// <summary>What no follower sends: each gets an orderly refusal or none, and the server lives on.</summary>
public sealed partial class MalformedRequestTests : IAsyncDisposable
{
    private static readonly ServerLimits Impatient = new()
    {
        FirstByteTimeout = TimeSpan.FromSeconds(3),
        HandshakeTimeout = TimeSpan.FromSeconds(3),
        HeaderTimeout = TimeSpan.FromSeconds(3),
        IdleTimeout = TimeSpan.FromSeconds(3),
        DataRateGrace = TimeSpan.FromSeconds(2),
    };

    private readonly List<Exception> _unobserved = [];
    private TestMaster? _master;

    public MalformedRequestTests() => TaskScheduler.UnobservedTaskException += Note;

    public static TheoryData<string, string> Requests => new()
    {
        { "HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
        { "HTTP/2 upgrade", "GET /v1/head HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n" },
        { "websocket", "GET /v1/head HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n" },
        { "HTTP/1.0", "GET /v1/head HTTP/1.0\r\n\r\n" },
        { "HTTP/0.9", "GET /v1/head\r\n" },
        { "HTTP/3.0", "GET /v1/head HTTP/3.0\r\nHost: a\r\n\r\n" },
        { "no version", "GET /v1/head HTTP/\r\nHost: a\r\n\r\n" },
        { "absolute form", "GET http://a/v1/head HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "absolute form of another host", "GET http://evil.example/v1/head HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "absolute form of a file", "GET file:///etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "asterisk with GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "authority form", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n" },
        { "TRACE", "TRACE /v1/head HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "odd method", "F\u00dfGET /v1/head HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "long method", $"{new string('A', 3000)} /v1/head HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "unknown method", "BREW /v1/head HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "no host", "GET /v1/head HTTP/1.1\r\n\r\n" },
        { "two hosts", "GET /v1/head HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" },
        { "bad host", "GET /v1/head HTTP/1.1\r\nHost: a b/../\r\n\r\n" },
        { "null in the path", "GET /v1/\0head HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "encoded null in the path", "GET /v1/objects/%00 HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "null in a header", "GET /v1/head HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n" },
        { "null in a header's name", "GET /v1/head HTTP/1.1\r\nHost: a\r\nX\0: a\r\n\r\n" },
        { "control characters in the path", "GET /v1/\u0001\u007f HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "way up", "GET /v1/../../../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "encoded way up", "GET /v1/objects/%2e%2e%2f%2e%2e%2fetc%2fpasswd HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "overlong UTF-8", "GET /v1/objects/%c0%ae%c0%ae/ HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "space before the colon", "GET /v1/head HTTP/1.1\r\nHost : a\r\n\r\n" },
        { "folded header", "GET /v1/head HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n" },
        { "header without a colon", "GET /v1/head HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n" },
        { "bare line feeds", "GET /v1/head HTTP/1.1\nHost: a\n\n" },
        { "bare carriage returns", "GET /v1/head HTTP/1.1\rHost: a\r\r" },
        { "length and chunks", "POST /v1/followers HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "two lengths", "POST /v1/followers HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde" },
        { "negative length", "POST /v1/followers HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n" },
        { "signed length", "POST /v1/followers HTTP/1.1\r\nHost: a\r\nContent-Length: +4\r\n\r\nabcd" },
        { "length that is none", "POST /v1/followers HTTP/1.1\r\nHost: a\r\nContent-Length: 0x10\r\n\r\n" },
        { "endless length", "POST /v1/followers HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n" },
        { "huge length", "POST /v1/followers HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n" },
        { "chunks twice", "POST /v1/followers HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" },
        { "unknown transfer encoding", "POST /v1/followers HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
        { "chunk that is none", "POST /v1/followers HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n" },
        { "huge chunk", "POST /v1/followers HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\nabc" },
        { "endless chunk extension", $"POST /v1/followers HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;{new string('x', 30_000)}\r\na\r\n0\r\n\r\n" },
        { "expectation", "POST /v1/followers HTTP/1.1\r\nHost: a\r\nExpect: 999-nonsense\r\nContent-Length: 2\r\n\r\n{}" },
        { "body where none belongs", "GET /v1/head HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde" },
        { "huge request line", $"GET /{new string('x', 100_000)} HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "huge header", $"GET /v1/head HTTP/1.1\r\nHost: a\r\nX: {new string('x', 100_000)}\r\n\r\n" },
        { "huge header name", $"GET /v1/head HTTP/1.1\r\nHost: a\r\n{new string('x', 100_000)}: x\r\n\r\n" },
        { "very many headers", $"GET /v1/head HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Range(0, 5000).Select(i => $"X{i}: y\r\n"))}\r\n" },
        { "credential that is none", "GET /v1/objects/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \u00ff\u00fe\r\n\r\n" },
        { "two credentials", "GET /v1/objects/x HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n" },
        { "endless base", $"GET /v1/bundle/x?base={new string('a', 1500)} HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "many bases", $"GET /v1/bundle/x?{string.Concat(Enumerable.Repeat("base=1&", 200))} HTTP/1.1\r\nHost: a\r\n\r\n" },
        { "odd range", "GET /v1/head HTTP/1.1\r\nHost: a\r\nRange: bytes=99999999999999999999-\r\n\r\n" },
        { "deep JSON", $"POST /v1/followers HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n{new string('[', 4000)}" },
        { "JSON of another shape", "POST /v1/followers HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n1234" },
        { "broken UTF-8 in JSON", "POST /v1/followers HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n{\"name\":\"\u00ff\"}" },
        { "empty lines", "\r\n\r\n\r\n\r\n" },
        { "half a request", "GET /v1/head HTTP/1.1\r\nHo" },
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_WhateverIsSent_RefusesInOrderAndLives()
    {
        _master = await TestMaster.StartAsync(Impatient);
        var requests = Requests.Select(row => row.Data).SelectMany(row => new[] { false, true }.Select(tls => (Name: row.Item1, Text: row.Item2, IsTls: tls)));
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Stop }, async (request, token) =>
        {
            var answer = await SendAsync(request.Text, request.IsTls, token);
            var what = $"{request.Name}{(request.IsTls ? ", TLS" : string.Empty)}: {answer}";
            Assert.DoesNotContain("/smuggled", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("passwd", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", answer, StringComparison.Ordinal);
            Assert.DoesNotContain("Exception", answer, StringComparison.Ordinal);
            Assert.DoesNotContain(_master.Engine.Home.StateFolder, answer, StringComparison.Ordinal);
            foreach (var status in StatusLine().Matches(answer).Select(match => int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)))
            {
                Assert.True(status is 200 or 201 or (>= 400 and < 500) or 505, what);
            }
        });
        await _master.AssertLivesAsync(Stop);
        Assert.Empty(_master.Events.Events.OfType<ServerWarning>());
        AssertNothingUnobserved();
    }

    [Fact]
    public async Task Server_WithLengthAndChunks_TakesNothingBehindThemForARequest()
    {
        _master = await TestMaster.StartAsync(Impatient);
        const string Body = "POST /v1/followers HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
        Assert.DoesNotContain("\"ok\"", await SendAsync(Body, isTls: true, Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /healthz HTTP/1.1\nHost: a\n\n")]
    [InlineData("GET /healthz HTTP/1.1\nHost: a\r\n\r\n")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: a\n\r\n")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: a\nX: b\r\n\r\n")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: a\r\n\n")]
    [InlineData("GET /healthz HTTP/1.1\rHost: a\r\r")]
    public async Task Server_WithLinesThatEndInABareLineFeed_RefusesThem(string request)
    {
        _master = await TestMaster.StartAsync(Impatient);
        foreach (var isTls in new[] { false, true })
        {
            Assert.DoesNotContain(" 200 ", await SendAsync(request, isTls, Stop), StringComparison.Ordinal);
        }

        await _master.AssertLivesAsync(Stop);
    }

    [Theory]
    [InlineData("200-ok")]
    [InlineData("100-continue, more")]
    [InlineData("\"100-continue\"")]
    public async Task Server_WithAnExpectationThatItDoesNotKnow_RefusesIt(string expectation)
    {
        _master = await TestMaster.StartAsync(Impatient);
        var request = $"GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: {expectation}\r\nConnection: close\r\n\r\n";
        foreach (var isTls in new[] { false, true })
        {
            Assert.StartsWith("HTTP/1.1 417", await SendAsync(request, isTls, Stop), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Server_WithPipelinedRequests_AnswersEachInOrder()
    {
        _master = await TestMaster.StartAsync(Impatient);
        var answer = await SendAsync(
            string.Concat(Enumerable.Repeat("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 100))
                + "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            isTls: true,
            Stop);
        var statuses = StatusLine().Matches(answer).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(Enumerable.Repeat(new[] { "200", "404" }, 100).SelectMany(pair => pair).Append("200"), statuses);
    }

    [Fact]
    public async Task Server_WithNoiseAndHalfHandshakes_Lives()
    {
        _master = await TestMaster.StartAsync(Impatient);
        var random = new Random(7);
        byte[] hello = [0x16, 0x03, 0x01, 0x00, 0xc8, 0x01, 0x00, 0x00, 0xc4, 0x03, 0x03];
        await Parallel.ForAsync(0, 150, new ParallelOptions { MaxDegreeOfParallelism = 25, CancellationToken = Stop }, async (index, token) =>
        {
            var noise = new byte[index * 13 % 700];
            lock (random)
            {
                random.NextBytes(noise);
            }

            var answer = await _master.ExchangeAsync(index % 3 == 0 ? [.. hello, .. noise] : noise, token);
            Assert.DoesNotContain("200 OK", answer, StringComparison.Ordinal);
        });

        // TLS, and then silence, is cut off too.
        Assert.Empty(await SendAsync(string.Empty, isTls: true, Stop));
        await _master.AssertLivesAsync(Stop);
        AssertNothingUnobserved();
    }

    public async ValueTask DisposeAsync()
    {
        TaskScheduler.UnobservedTaskException -= Note;
        if (_master is not null)
        {
            await _master.DisposeAsync();
        }
    }

    [GeneratedRegex(@"HTTP/1\.[01] (\d{3})")]
    private static partial Regex StatusLine();

    private async Task<string> SendAsync(string text, bool isTls, CancellationToken cancellationToken)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        if (!isTls)
        {
            return await _master!.ExchangeAsync(bytes, cancellationToken);
        }

        using var socket = await _master!.ConnectAsync();
#pragma warning disable CA5359 // Whose key it is, other tests look at.
        await using var tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        try
        {
            await tls.AuthenticateAsClientAsync("codexport");
            await tls.WriteAsync(bytes, cancellationToken);
        }
        catch (Exception error) when (error is IOException or AuthenticationException)
        {
            // The server may have answered and closed before it took everything.
            Assert.NotNull(error);
        }

        return tls.IsAuthenticated ? await TestMaster.ReadToEndAsync(tls, cancellationToken) : string.Empty;
    }

    // Other tests run beside this one: only what went through the server counts.
    private void Note(object? sender, UnobservedTaskExceptionEventArgs unobserved)
    {
        if (unobserved.Exception.ToString() is var text && (text.Contains("Kestrel", StringComparison.Ordinal) || text.Contains("Codexport.Server", StringComparison.Ordinal)))
        {
            lock (_unobserved)
            {
                _unobserved.Add(unobserved.Exception);
            }
        }
    }

    private void AssertNothingUnobserved()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        lock (_unobserved)
        {
            Assert.Empty(_unobserved);
        }
    }
}
