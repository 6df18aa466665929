using System.Globalization;
using System.Text;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.Wire;

/// <summary>
/// HTTP/1.1 over one encrypted connection: one request, one answer, then the next. It knows what the protocol needs and no more: no
/// redirects, no cookies, no proxies, no decompression behind the caller's back.
/// </summary>
internal sealed class HttpChannel(Stream stream, MasterAddress master, TimeSpan idle) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly Patience _patience = new(idle);
    private int _start;
    private int _end;
    private BodyStream? _body;

    /// <summary>Bytes received, heads included.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Whether the next request may go through this connection.</summary>
    public bool IsUsable { get; private set; } = true;

    /// <summary>Whether a request was answered through this connection before.</summary>
    public bool WasUsed { get; private set; }

    /// <summary>The master at the other end.</summary>
    public MasterAddress Master => master;

    /// <summary>Sends a request and reads the answer's head.</summary>
    /// <param name="method">The method.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="headers">Further header lines, each ended by CR LF.</param>
    /// <param name="body">The body; empty for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<(AnswerHead Head, BodyStream Body)> SendAsync(
        string method, string target, string headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        // Whatever goes wrong from here on leaves the connection in a state that nobody knows.
        IsUsable = false;
        var request = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{method} {target} HTTP/1.1\r\nHost: {master.Authority}\r\n")
            .Append(CultureInfo.InvariantCulture, $"{ProtocolConstants.VersionHeader}: {ProtocolConstants.Version}\r\n")
            .Append(headers);
        if (!body.IsEmpty)
        {
            request.Append(CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n");
        }

        var bytes = Encoding.UTF8.GetBytes(request.Append("\r\n").ToString());
        await WriteAsync(body.IsEmpty ? bytes : [.. bytes, .. body.Span], cancellationToken);
        _patience.Restart();
        var head = await ReadHeadAsync(cancellationToken);
        WasUsed = true;
        _body = new BodyStream(this, head, head.KeepsAlive);
        return (head, _body);
    }

    /// <summary>Reads raw bytes: what is buffered first, then from the connection.</summary>
    internal async ValueTask<int> ReadAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        if (_start < _end)
        {
            var count = Math.Min(target.Length, _end - _start);
            _buffer.AsMemory(_start, count).CopyTo(target);
            _start += count;
            return count;
        }

        return Received(await _patience.ReadAsync(stream, target, master, cancellationToken));
    }

    /// <summary>Reads a line of at most <paramref name="limit"/> bytes, without its end.</summary>
    internal async ValueTask<ReadOnlyMemory<byte>> ReadLineAsync(int limit, CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
            if (end > limit || (end < 0 && _end - _start > limit))
            {
                throw MasterErrors.Violation(master, "a line of its answer is too long");
            }

            if (end >= 0)
            {
                var line = _buffer.AsMemory(_start, end);
                _start += end + 2;
                return line;
            }

            await FillAsync(cancellationToken);
        }
    }

    /// <summary>The body was read to its end: the connection may be used again.</summary>
    internal void BodyEnded(bool keepsAlive) => IsUsable = keepsAlive && _start == _end;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        IsUsable = false;
        _patience.Dispose();
        await stream.DisposeAsync();
    }

    private async Task WriteAsync(byte[] request, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(idle);
        try
        {
            await stream.WriteAsync(request, limited.Token);
            await stream.FlushAsync(limited.Token);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw MasterErrors.TooSlow(master, "take the request");
        }
        catch (IOException error)
        {
            throw MasterErrors.BrokenOff(master, error.InnerException ?? error);
        }
    }

    private async Task<AnswerHead> ReadHeadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var received = _buffer.AsSpan(_start, _end - _start);
            if (!received.IsEmpty && AnswerHead.TryParse(master, received, out var length) is { } head)
            {
                _start += length;
                return head;
            }

            await FillAsync(cancellationToken);
        }
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        var count = Received(await _patience.ReadAsync(stream, _buffer.AsMemory(_end), master, cancellationToken));
        _end += count;
        if (count == 0)
        {
            throw MasterErrors.BrokenOff(master);
        }
    }

    private int Received(int count)
    {
        BytesReceived += count;
        return count;
    }
}
