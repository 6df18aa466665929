using System.Buffers;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Content;

/// <summary>
/// Writes packs. What was appended and verified stays, also when the writer is left early; every <see cref="RotateAt"/> bytes a pack is
/// closed and made durable, so that not even a killed process loses more than that of a long download.
/// </summary>
public sealed class ObjectPackWriter : IAsyncDisposable
{
    /// <summary>Bytes after which a new pack is begun.</summary>
    public const long RotateAt = 32L << 20;

    // Contents up to this size are read whole, hashed at once and written together.
    private const int SmallContent = 64 << 10;

    private readonly IFileSystem _files;
    private readonly string _folder;
    private readonly Action _packClosed;
    private readonly List<PackEntry> _entries = [];
    private readonly HashSet<Sha256Hash> _written = [];
    private BufferedStream? _stream;
    private string _temporary = string.Empty;
    private long _position;

    internal ObjectPackWriter(IFileSystem files, string folder, Action packClosed)
    {
        _files = files;
        _folder = folder;
        _packClosed = packClosed;
    }

    /// <summary>Reads exactly <paramref name="size"/> bytes of <paramref name="source"/> and keeps them when their hash is right.</summary>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.ContentMismatch"/> (the content is dropped), or <see cref="ErrorCode.MasterUnreachable"/> when the stream ends early.
    /// </exception>
    public async Task AppendAsync(Sha256Hash expected, long size, Stream source, CancellationToken cancellationToken)
    {
        var stream = _stream ??= Open();
        try
        {
            if (size <= SmallContent)
            {
                await AppendSmallAsync(expected, (int)size, source, stream, cancellationToken);
            }
            else
            {
                var (actual, count) = await HashingCopy.CopyAsync(source, stream, size, cancellationToken);
                Check(expected, size, actual, count);
            }
        }
        catch
        {
            // Back to the end of what was verified, so that nothing else is ever in a pack.
            stream.SetLength(_position);
            stream.Position = _position;
            throw;
        }

        if (_written.Add(expected))
        {
            _entries.Add(new PackEntry(expected, _position, size));
        }

        _position += size;
        if (_position >= RotateAt)
        {
            await CloseAsync();
        }
    }

    /// <summary>Makes what was appended durable and visible to the store.</summary>
    public async ValueTask DisposeAsync() => await CloseAsync();

    private static async Task AppendSmallAsync(Sha256Hash expected, int size, Stream source, Stream target, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(SmallContent);
        try
        {
            var count = await source.ReadAtLeastAsync(buffer.AsMemory(0, size), size, throwOnEndOfStream: false, cancellationToken);
            Check(expected, size, Sha256Hash.Of(buffer.AsSpan(0, count)), count);
            await target.WriteAsync(buffer.AsMemory(0, size), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static void Check(Sha256Hash expected, long size, Sha256Hash actual, long count)
    {
        if (count < size)
        {
            throw new CodexportException(
                ErrorCode.MasterUnreachable,
                $"The transfer broke off {size - count} bytes before the end of a content.",
                "Sync again: what arrived whole is kept.");
        }

        if (actual != expected)
        {
            throw HashingCopy.Mismatch(expected, actual);
        }
    }

    private BufferedStream Open()
    {
        _temporary = Path.Combine(_folder, Guid.NewGuid().ToString("N") + Pack.TemporaryExtension);
        return new BufferedStream(_files.CreateNew(_temporary, FilePermission.Private), 256 << 10);
    }

    // Any name serves; this one lets the same pack be written twice. Where a folder stands in its place or in that of its index, another is
    // taken.
    private string NameFor(byte[] index)
    {
        var path = Path.Combine(_folder, Sha256Hash.Of(index).ToString() + Pack.Extension);
        return IsFree(path) && IsFree(Pack.IndexPathOf(path)) ? path : Path.Combine(_folder, Guid.NewGuid().ToString("N") + Pack.Extension);
    }

    private bool IsFree(string path) => _files.TryGetEntry(path)?.Kind is null or EntryKind.File or EntryKind.SymbolicLink;

    private async Task CloseAsync()
    {
        if (_stream is null)
        {
            return;
        }

        var inner = _stream.UnderlyingStream;
        await using (_stream)
        {
            await _stream.FlushAsync(CancellationToken.None);
            if (_entries.Count > 0)
            {
                _files.FlushToDisk(inner);
            }
        }

        _stream = null;
        if (_entries.Count == 0)
        {
            _files.DeleteFile(_temporary);
            return;
        }

        // The index is what makes the pack count, so it comes last.
        var index = Pack.WriteIndex(_entries);
        var path = NameFor(index);
        _files.Move(_temporary, path, overwrite: true);
        var temporaryIndex = Path.ChangeExtension(_temporary, ".idx" + Pack.TemporaryExtension);
        await using (var stream = _files.CreateNew(temporaryIndex, FilePermission.Private))
        {
            await stream.WriteAsync(index, CancellationToken.None);
            await stream.FlushAsync(CancellationToken.None);
            _files.FlushToDisk(stream);
        }

        _files.Move(temporaryIndex, Pack.IndexPathOf(path), overwrite: true);
        _files.FlushDirectory(_folder);
        _entries.Clear();
        _position = 0;
        _packClosed();
    }
}
