namespace Codexport.Engine.Content;

/// <summary>One content of a pack, read only.</summary>
internal sealed class PackedContentStream : Stream
{
    private readonly Stream _pack;
    private readonly long _start;
    private readonly long _length;

    public PackedContentStream(Stream pack, long start, long length)
    {
        _pack = pack;
        _start = start;
        _length = length;
        _pack.Position = start;
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _pack.Position - _start;
        set => _pack.Position = _start + Math.Clamp(value, 0, _length);
    }

    private int Allowed(int wanted) => (int)Math.Min(wanted, _length - Position);

    public override int Read(byte[] buffer, int offset, int count) => _pack.Read(buffer, offset, Allowed(count));

    public override int Read(Span<byte> buffer) => _pack.Read(buffer[..Allowed(buffer.Length)]);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => _pack.ReadAsync(buffer[..Allowed(buffer.Length)], cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin)
    {
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => _length + offset,
        };
        return Position;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _pack.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _pack.Dispose();
        }

        base.Dispose(disposing);
    }
}
