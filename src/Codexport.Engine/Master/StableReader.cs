using Codexport.Engine.Bundles;
using Codexport.Engine.Platform;

namespace Codexport.Engine.Master;

/// <summary>A content that did not change while it was read.</summary>
/// <param name="Hash">Its hash.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedTicks">The file's time, before and after.</param>
/// <param name="ChangedTicks">When it last changed in any way, before and after; 0 where the platform does not tell.</param>
/// <param name="IsExecutable">The execute bit; on systems without one: whether it begins with <c>#!</c>.</param>
/// <param name="Bytes">The content, when it is small enough to hold in memory.</param>
internal sealed record StableContent(Sha256Hash Hash, long Size, long ModifiedTicks, long ChangedTicks, bool IsExecutable, byte[]? Bytes);

/// <summary>Reads files whole: one that changes while it is read is read again, so that no half-saved content is published.</summary>
internal sealed class StableReader(EngineContext context)
{
    /// <summary>Contents up to this size are read into memory.</summary>
    public const long InMemory = 1 << 20;

    private const int Attempts = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Reads a file and, when it is large, puts it into the store.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.FileUnreadable"/>.</exception>
    public async Task<StableContent> ReadAsync(string source, ObjectStore store, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (attempt > 0)
            {
                await Task.Delay(Pause, context.Time, cancellationToken);
            }

            if (context.Files.TryGetEntry(source) is not { Kind: EntryKind.File } before)
            {
                break;
            }

            var content = before.Size <= InMemory ? ReadSmall(before) : await ReadLargeAsync(before, store, cancellationToken);
            if (content is { } read
                && context.Files.TryGetEntry(source) is { } after
                && after == before
                && read.Size == after.Size)
            {
                return read;
            }
        }

        throw new CodexportException(
            ErrorCode.FileUnreadable,
            $"'{source}' cannot be read: it went away or keeps changing.",
            "Save it once more, or leave it out with exclude under [export] in local.toml. The last good revision stays in service.",
            source);
    }

    private StableContent ReadSmall(in FileEntry entry)
    {
        var bytes = AtomicFile.ReadAllBytes(context.Files, entry.Path);
        return new StableContent(Sha256Hash.Of(bytes), bytes.Length, entry.ModifiedTicks, entry.ChangedTicks, IsExecutable(entry, bytes), bytes);
    }

    private async Task<StableContent?> ReadLargeAsync(FileEntry entry, ObjectStore store, CancellationToken cancellationToken)
    {
        var start = new byte[2];
        Sha256Hash hash;
        await using (var stream = context.Files.OpenRead(entry.Path))
        {
            await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        }

        await using (var stream = context.Files.OpenRead(entry.Path))
        {
            hash = await Sha256Hash.OfAsync(stream, cancellationToken);
        }

        try
        {
            await using var stream = context.Files.OpenRead(entry.Path);
            await store.PutAsync(hash, stream, cancellationToken);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.ContentMismatch)
        {
            return null;
        }

        return new StableContent(hash, entry.Size, entry.ModifiedTicks, entry.ChangedTicks, IsExecutable(entry, start), Bytes: null);
    }

    private bool IsExecutable(in FileEntry entry, ReadOnlySpan<byte> start)
        => context.Files.HasExecutableBit ? entry.IsExecutable : start.StartsWith("#!"u8);
}
