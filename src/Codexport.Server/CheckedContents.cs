using System.Security.Cryptography;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;

namespace Codexport.Server;

/// <summary>
/// The master's store, whose contents are compared with their hashes while they are read: a follower would refuse a damaged one, and nobody at the
/// master would know why.
/// </summary>
/// <param name="inner">The store.</param>
/// <param name="folder">Its folder, for the error.</param>
/// <param name="doubt">Told of a content that is missing or damaged, so that the next rebuild brings it back.</param>
internal sealed class CheckedContents(IContentStore inner, string folder, Action doubt) : IContentStore
{
    public bool Contains(Sha256Hash hash) => inner.Contains(hash);

    public Stream OpenRead(Sha256Hash hash)
    {
        try
        {
            var content = inner.OpenRead(hash);
            if (content.Length > 0 || hash == Sha256Hash.Of([]))
            {
                return new CheckedStream(content, () => Damaged(hash), hash);
            }

            content.Dispose();
        }
        catch (CodexportException error) when (error.Code is ErrorCode.StateDamaged or ErrorCode.PathBlocked or ErrorCode.FileUnreadable)
        {
            doubt();
            throw;
        }

        throw Damaged(hash);
    }

    private CodexportException Damaged(Sha256Hash hash)
    {
        doubt();
        return new CodexportException(
            ErrorCode.StateDamaged,
            $"The master's store of contents '{folder}' is damaged: a content is not what its hash {hash} says.",
            "Run 'codexport master rebuild' on the master, which reads it from its file again; a master that serves does so by itself.",
            folder);
    }

    /// <summary>A content that is hashed while it is read from its beginning to its end.</summary>
    private sealed class CheckedStream(Stream inner, Func<CodexportException> fail, Sha256Hash expected) : Stream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private bool _isWhole = true;
        private long _hashed;

        public override bool CanRead => true;

        public override bool CanSeek => inner.CanSeek;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => Seek(value, SeekOrigin.Begin);
        }

        public override void Flush()
        {
            // Nothing is written.
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var count = inner.Read(buffer);
            Take(buffer[..count]);
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
            => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            Take(buffer.Span[..count]);
            return count;
        }

        public override long Seek(long offset, SeekOrigin origin)
        {
            // Who asks for a part is told nothing of the whole.
            var position = inner.Seek(offset, origin);
            _isWhole &= position == _hashed;
            return position;
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
                _hash.Dispose();
            }

            base.Dispose(disposing);
        }

        // The last byte is not handed on before all are known to be right.
        private void Take(ReadOnlySpan<byte> bytes)
        {
            _hash.AppendData(bytes);
            _hashed += bytes.Length;
            if (_isWhole && bytes.Length > 0 && _hashed == inner.Length && new Sha256Hash(_hash.GetHashAndReset()) != expected)
            {
                throw fail();
            }
        }
    }
}
