using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Codex;

/// <summary>
/// The sessions of Codex's terminal that are open on a home. One process serves them all and listens on a socket in the home; told to, it
/// reads hooks, MCP servers and plugins anew, which then count from the next prompt on. It writes nothing.
/// </summary>
/// <param name="context">The home and the disk.</param>
internal sealed class OpenSessions(EngineContext context)
{
    // Measured: about 12 ms. Whoever takes longer does not hold up a session's start.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private const int MaxHead = 8192;
    private const int MaxMessage = 1 << 20;
    private const int MaxMessages = 100;

    /// <summary>Where the socket is.</summary>
    public static string SocketFile(CodexportHome home) => Path.Join(home.CodexFolder, "app-server-control", "app-server-control.sock");

    /// <summary>Tells them; nothing that goes wrong is an error, because they read everything at their next start.</summary>
    /// <returns>Whether they read everything anew; false also where there are none.</returns>
    public async Task<bool> ReloadAsync(CancellationToken cancellationToken)
    {
        // Codex puts a link there: the path of a socket must be short.
        if (context.Files.ResolveLinks(SocketFile(context.Home)) is not { } path || context.Files.TryGetEntry(path) is not { Kind: EntryKind.Other, IsForeign: false })
        {
            return false;
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Patience);
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), limited.Token).ConfigureAwait(false);
            await using var stream = new NetworkStream(socket);
            await UpgradeAsync(stream, limited.Token).ConfigureAwait(false);
            using var connection = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { KeepAliveInterval = TimeSpan.Zero });
            return await ReloadAsync(connection, limited.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or IOException or WebSocketException or JsonException or OperationCanceledException
            or ArgumentException or InvalidOperationException or CodexportException)
        {
            context.Trace?.Invoke($"The open sessions of Codex were not told: {error.Message}");
            return false;
        }
    }

    private static async Task<bool> ReloadAsync(WebSocket connection, CancellationToken cancellationToken)
    {
        await SendAsync(connection, """{"id":1,"method":"initialize","params":{"clientInfo":{"name":"codexport","version":"1"}}}""", cancellationToken).ConfigureAwait(false);
        if (!await IsAcceptedAsync(connection, id: 1, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        await SendAsync(connection, """{"method":"initialized"}""", cancellationToken).ConfigureAwait(false);
        await SendAsync(connection, """{"id":2,"method":"config/batchWrite","params":{"edits":[],"reloadUserConfig":true}}""", cancellationToken).ConfigureAwait(false);
        return await IsAcceptedAsync(connection, id: 2, cancellationToken).ConfigureAwait(false);
    }

    private static async Task UpgradeAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var request = $"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken).ConfigureAwait(false);

        // Byte by byte: what follows belongs to the web socket.
        var head = new List<byte>();
        var next = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (head.Count == MaxHead || await stream.ReadAsync(next, cancellationToken).ConfigureAwait(false) == 0)
            {
                throw new IOException("It does not answer as a web socket does.");
            }

            head.Add(next[0]);
        }

        if (!Encoding.ASCII.GetString([.. head]).StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
        {
            throw new IOException("It does not open a web socket.");
        }
    }

    private static ValueTask SendAsync(WebSocket connection, string message, CancellationToken cancellationToken)
        => connection.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, WebSocketMessageFlags.EndOfMessage, cancellationToken);

    // Warnings and news come in between.
    private static async Task<bool> IsAcceptedAsync(WebSocket connection, int id, CancellationToken cancellationToken)
    {
        for (var count = 0; count < MaxMessages; count++)
        {
            if (await ReceiveAsync(connection, cancellationToken).ConfigureAwait(false) is not { } message)
            {
                return false;
            }

            using var json = JsonDocument.Parse(message);
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("id", out var answered) && answered.ValueKind == JsonValueKind.Number && answered.GetInt32() == id)
            {
                return root.TryGetProperty("result", out _);
            }
        }

        return false;
    }

    private static async Task<byte[]?> ReceiveAsync(WebSocket connection, CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        var buffer = new byte[8192];
        while (message.Length < MaxMessage)
        {
            var part = await connection.ReceiveAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return message.ToArray();
            }
        }

        return null;
    }
}
