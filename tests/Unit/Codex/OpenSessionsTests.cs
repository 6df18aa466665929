using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Codexport.Engine.Codex;
using Codexport.Tests.Acceptance;

namespace Codexport.Tests.Codex;

/// <summary>Telling the sessions that are open: it works with the one that listens there, and with anything else it is as if there were none.</summary>
public sealed class OpenSessionsTests : IAsyncDisposable
{
    private readonly CodexHome _home = new();
    private readonly CancellationTokenSource _end = new();
    private readonly List<string> _asked = [];
    private Socket? _listener;
    private Task _serving = Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener?.Dispose();
        await _serving;
        _end.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task Reload_WhereNobodyListens_IsFalse()
    {
        Assert.False(await new OpenSessions(_home.Context).ReloadAsync(Token));
        await File.WriteAllTextAsync(Place(), "not a socket", Token);
        Assert.False(await new OpenSessions(_home.Context).ReloadAsync(Token));
    }

    [Fact]
    public async Task Reload_WhereTheSocketIsLeftOver_IsFalse()
    {
        Listen(_ => Task.CompletedTask);

        // .NET clears it away, a Codex that was killed does not.
        File.Move(Place(), Place() + ".kept");
        _listener!.Close();
        File.Move(Place() + ".kept", Place());
        Assert.False(await new OpenSessions(_home.Context).ReloadAsync(Token));
    }

    [Fact]
    public async Task Reload_BehindTheLinkThatCodexMakes_AsksForItAndWritesNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        var real = Path.Combine(Directory.CreateDirectory(Path.Combine(_home.Root, "run")).FullName, "s");
        Listen(connection => AnswerAsync(connection, id => $$$"""{"id":{{{id}}},"result":{}}"""), real);
        File.CreateSymbolicLink(Place(), real);

        Assert.True(await new OpenSessions(_home.Context).ReloadAsync(Token));

        Assert.Equal(["initialize", "initialized", "config/batchWrite"], _asked.Select(text => (string?)JsonNode.Parse(text)!["method"]));
        var last = JsonNode.Parse(_asked[^1])!["params"]!;
        Assert.Empty(last["edits"]!.AsArray());
        Assert.True((bool)last["reloadUserConfig"]!);
    }

    [Theory]
    [InlineData("""{"id":ID,"error":{"code":-1,"message":"no"}}""")]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("""{"id":"ID","result":{}}""")]
    public async Task Reload_WhenTheAnswerIsNone_IsFalse(string answer)
    {
        Listen(connection => AnswerAsync(connection, id => answer.Replace("ID", id, StringComparison.Ordinal)));
        Assert.False(await new OpenSessions(_home.Context).ReloadAsync(Token));
    }

    [Fact]
    public async Task Reload_AmongOtherNews_FindsItsAnswer()
    {
        Listen(connection => AnswerAsync(connection, id => $$$"""{"id":{{{id}}},"result":{}}""", news: 20));
        Assert.True(await new OpenSessions(_home.Context).ReloadAsync(Token));
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n")]
    [InlineData("")]
    public async Task Reload_WhenItIsNotAWebSocket_IsFalse(string greeting)
    {
        Listen(async connection => await connection.SendAsync(Encoding.ASCII.GetBytes(greeting), _end.Token));
        Assert.False(await new OpenSessions(_home.Context).ReloadAsync(Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reload_WhenItNeverAnswers_GivesUpByItself(bool opens)
    {
        Listen(async connection =>
        {
            await using var stream = new NetworkStream(connection);
            using var socket = opens ? await OpenAsync(stream) : null;
            await Task.Delay(Timeout.InfiniteTimeSpan, _end.Token);
        });
        Assert.False(await new OpenSessions(_home.Context).ReloadAsync(Token));
    }

    private string Place()
    {
        var file = OpenSessions.SocketFile(_home.Context.Home);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }

    private void Listen(Func<Socket, Task> serve, string? path = null)
    {
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(path ?? Place()));
        _listener.Listen();
        _serving = ServeAsync(serve);
    }

    private async Task ServeAsync(Func<Socket, Task> serve)
    {
        try
        {
            using var connection = await _listener!.AcceptAsync(_end.Token);
            await serve(connection);
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException or IOException or WebSocketException)
        {
            // The test is over, or the other side has hung up.
            Assert.NotNull(_listener);
        }
    }

    private async Task AnswerAsync(Socket connection, Func<string, string> answer, int news = 0)
    {
        await using var stream = new NetworkStream(connection);
        using var socket = await OpenAsync(stream);
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, _end.Token) is { MessageType: WebSocketMessageType.Text } part)
        {
            var text = Encoding.UTF8.GetString(buffer, 0, part.Count);
            _asked.Add(text);
            for (var index = 0; index < news; index++)
            {
                await SendAsync(socket, $$$"""{"method":"configWarning","params":{"summary":"{{{new string('x', 5000)}}}"}}""");
            }

            if (JsonNode.Parse(text)!["id"] is { } id)
            {
                await SendAsync(socket, answer(id.ToJsonString()));
            }
        }
    }

    private Task SendAsync(WebSocket socket, string text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, _end.Token);

    [SuppressMessage("Security", "CA5350", Justification = "The answer to a WebSocket's opening is made with SHA-1 (RFC 6455).")]
    private async Task<WebSocket> OpenAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var next = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(next, _end.Token) == 1)
        {
            head.Append((char)next[0]);
        }

        var key = head.ToString().Split("\r\n").First(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))["Sec-WebSocket-Key: ".Length..];
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"), _end.Token);
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
    }
}
