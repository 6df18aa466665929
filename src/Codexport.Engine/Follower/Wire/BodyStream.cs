using Codexport.Engine.Errors;

namespace Codexport.Engine.Follower.Wire;

/// <summary>The body of one answer, as it is on the wire: by length or in chunks, never past a limit.</summary>
internal sealed class BodyStream(HttpChannel channel, AnswerHead head, bool keepsAlive) : ForwardStream
{
    private long _left = head.IsChunked ? 0 : head.ContentLength ?? long.MaxValue;
    private long _allowed = long.MaxValue;
    private long _limit;
    private string _limitName = string.Empty;
    private bool _inChunk;
    private bool _ended;

    /// <summary>Whether it is known where the body ends: without a length or chunks a broken connection looks like the end.</summary>
    private bool IsDelimited => head.IsChunked || head.ContentLength is not null;

    /// <summary>Sets how many bytes may come.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.LimitExceeded"/>, at once when the length says so.</exception>
    public void Limit(long bytes, string name)
    {
        (_allowed, _limit, _limitName) = (bytes, bytes, name);
        if (head.ContentLength > bytes)
        {
            throw MasterErrors.TooLong(channel.Master, name, bytes);
        }
    }

    /// <summary>Reads everything.</summary>
    public async Task<byte[]> ReadAllAsync(long limit, string name, CancellationToken cancellationToken)
    {
        Limit(limit, name);
        using var all = new MemoryStream(head.ContentLength is { } length ? (int)length : 0);
        var buffer = new byte[16 * 1024];
        for (var count = await ReadAsync(buffer, cancellationToken); count > 0; count = await ReadAsync(buffer, cancellationToken))
        {
            all.Write(buffer, 0, count);
        }

        return all.Length == all.Capacity ? all.GetBuffer() : all.ToArray();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.IsEmpty || (_left == 0 && !await NextChunkAsync(cancellationToken)))
        {
            return 0;
        }

        var count = await channel.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        if (count == 0)
        {
            return IsDelimited ? throw MasterErrors.BrokenOff(channel.Master) : End();
        }

        _left -= count;
        _allowed -= count;
        if (_allowed < 0)
        {
            throw MasterErrors.TooLong(channel.Master, _limitName, _limit);
        }

        if (_left == 0 && !head.IsChunked)
        {
            End();
        }

        return count;
    }

    // The next chunk's size; false at the end of the body.
    private async ValueTask<bool> NextChunkAsync(CancellationToken cancellationToken)
    {
        if (!head.IsChunked)
        {
            return End() != 0;
        }

        if (_inChunk && !(await channel.ReadLineAsync(0, cancellationToken)).IsEmpty)
        {
            throw MasterErrors.Violation(channel.Master, "a chunk is malformed");
        }

        _inChunk = true;
        _left = ChunkSize.Parse(channel.Master, (await channel.ReadLineAsync(ChunkSize.MaxLine, cancellationToken)).Span);
        if (_left > 0)
        {
            return true;
        }

        // Trailers carry nothing that counts here; there may be a few.
        for (var lines = 0; !(await channel.ReadLineAsync(1024, cancellationToken)).IsEmpty; lines++)
        {
            if (lines == 16)
            {
                throw MasterErrors.Violation(channel.Master, "its answer has too many trailers");
            }
        }

        return End() != 0;
    }

    private int End()
    {
        if (!_ended)
        {
            _ended = true;
            channel.BodyEnded(keepsAlive && IsDelimited);
        }

        return 0;
    }
}
