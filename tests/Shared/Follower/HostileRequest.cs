using System.Globalization;
using System.Text;

namespace Codexport.Tests.Follower;

/// <summary>A request as the scripted server saw it.</summary>
public sealed record HostileRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body, bool IsSecure)
{
    public string Path => Target.Split('?')[0];

    public string? Base => Target.Contains("?base=", StringComparison.Ordinal) ? Target[(Target.IndexOf('=', StringComparison.Ordinal) + 1)..] : null;

    public long RangeStart => Headers.TryGetValue("range", out var range)
        ? long.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture)
        : 0;
}

/// <summary>An answer: whatever the script wants on the wire.</summary>
public sealed record HostileAnswer(Func<Stream, CancellationToken, Task> WriteAsync)
{
    public static HostileAnswer Raw(string text) => new((stream, token) => stream.WriteAsync(Encoding.Latin1.GetBytes(text), token).AsTask());

    public static HostileAnswer Error(int status, string code, string message = "")
        => Of(status, Encoding.UTF8.GetBytes($$$"""{"error":{"code":"{{{code}}}","message":"{{{message}}}"}}"""), "application/json");

    public static HostileAnswer Of(int status, byte[] body, string contentType, string headers = "", long? claimedLength = null)
        => new(async (stream, token) =>
        {
            var head = $"HTTP/1.1 {status} X\r\nContent-Type: {contentType}\r\nCodexport-Protocol: 1\r\n{headers}Content-Length: {claimedLength ?? body.Length}\r\n\r\n";
            await stream.WriteAsync(Encoding.Latin1.GetBytes(head), token);
            await stream.WriteAsync(body, token);
        });

    /// <summary>Sends the head and the beginning of the body, then closes.</summary>
    public static HostileAnswer Cut(byte[] body, int sent, string contentType, string headers = "")
        => new(async (stream, token) =>
        {
            await Of(200, body[..sent], contentType, headers, body.Length).WriteAsync(stream, token);
            throw new IOException("cut on purpose");
        });

    /// <summary>Closes without a word.</summary>
    public static HostileAnswer HangUp() => new((_, _) => throw new IOException("hung up on purpose"));

    /// <summary>One byte at a time, slower than anybody should wait for.</summary>
    public static HostileAnswer Drip(string text, TimeSpan pause) => new(async (stream, token) =>
    {
        foreach (var octet in Encoding.Latin1.GetBytes(text))
        {
            await stream.WriteAsync(new[] { octet }, token);
            await stream.FlushAsync(token);
            await Task.Delay(pause, token);
        }
    });

    /// <summary>A body without an end, in chunks.</summary>
    public static HostileAnswer Endless(string contentType, byte fill = (byte)'a') => new(async (stream, token) =>
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: {contentType}\r\nTransfer-Encoding: chunked\r\n\r\n"), token);
        var chunk = new byte[4096];
        Array.Fill(chunk, fill);
        while (true)
        {
            await stream.WriteAsync("1000\r\n"u8.ToArray(), token);
            await stream.WriteAsync(chunk, token);
            await stream.WriteAsync("\r\n"u8.ToArray(), token);
        }
    });

    /// <summary>Nothing at all, for as long as the test lasts.</summary>
    public static HostileAnswer Silence() => new((_, token) => Task.Delay(Timeout.Infinite, token));
}
