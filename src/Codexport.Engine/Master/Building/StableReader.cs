using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Building;

/// <summary>A content that did not change while it was read.</summary>
/// <param name="Hash">Its hash.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedTicks">The file's time, before and after.</param>
/// <param name="ChangedTicks">When it last changed in any way, before and after; 0 where the platform does not tell.</param>
/// <param name="IsExecutable">The execute bit; on systems without one: whether it begins with <c>#!</c>.</param>
/// <param name="Bytes">The content, when it is small enough to hold in memory.</param>
internal sealed record StableContent(Sha256Hash Hash, long Size, long ModifiedTicks, long ChangedTicks, bool IsExecutable, byte[]? Bytes)
{
    /// <summary>Why it does not leave, as the end of a sentence that begins with its path; null when it may. Such a content is not stored.</summary>
    public string? Secret { get; init; }
}

/// <summary>
/// Reads files as they stood still. No system tells whether somebody is in the middle of writing, so what counts is that nothing about the
/// file changed for <see cref="Still"/> before it was read, and nothing while it was read. One reader serves one build: the files share its
/// patience, so that one that never rests does not hold up the others.
/// </summary>
internal sealed class StableReader(EngineContext context, TimeSpan patience)
{
    /// <summary>Contents up to this size are read into memory.</summary>
    public const long InMemory = 1 << 20;

    // Keys and logins are far smaller than a large file; one that begins like a key is not sent all the same.
    private const int JudgedStart = 1 << 16;

    /// <summary>How long a file must have stood still.</summary>
    public static readonly TimeSpan Still = TimeSpan.FromMilliseconds(100);

    private long _waited;

    /// <summary>Reads a file and, when it is large, puts it into the store.</summary>
    /// <returns>Null when it went away or did not stand still in time.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.FileUnreadable"/>.</exception>
    public async Task<StableContent?> TryReadAsync(ScannedFile file, ObjectStore store, CancellationToken cancellationToken)
    {
        var source = file.Source;
        FileEntry? seen = null;
        var seenAt = 0L;
        while (context.Files.TryGetEntry(source) is { Kind: EntryKind.File } before)
        {
            var wait = LeftToStandStill(before);
            if (wait <= TimeSpan.Zero || (seen == before && context.Time.GetElapsedTime(seenAt) >= Still))
            {
                if (await ReadAsync(file, before, store, cancellationToken) is { } content)
                {
                    return content;
                }

                wait = Still;
            }

            // Every file may have been saved just now, as after a checkout: each is waited for once, whatever the others took.
            if (seen is not null && Interlocked.Add(ref _waited, wait.Ticks) - wait.Ticks >= patience.Ticks)
            {
                return null;
            }

            if (seen != before)
            {
                (seen, seenAt) = (before, context.Time.GetTimestamp());
            }

            await Task.Delay(wait, context.Time, cancellationToken);
        }

        return null;
    }

    // A time in the future is another machine's: then only watching the file tells. Whole milliseconds, and one more: a timer does not wait
    // for less, and what it is short of would be asked for over and over.
    private TimeSpan LeftToStandStill(in FileEntry entry)
    {
        var age = context.Time.GetUtcNow().UtcTicks - (entry.ChangedTicks != 0 ? entry.ChangedTicks : entry.ModifiedTicks);
        return age < 0 ? Still
            : age >= Still.Ticks ? TimeSpan.Zero
            : TimeSpan.FromMilliseconds(Math.Ceiling((Still - TimeSpan.FromTicks(age)).TotalMilliseconds) + 1);
    }

    private async Task<StableContent?> ReadAsync(ScannedFile file, FileEntry before, ObjectStore store, CancellationToken cancellationToken)
    {
        try
        {
            var content = before.Size <= InMemory ? ReadSmall(file, before) : await ReadLargeAsync(file, before, store, cancellationToken);
            return content is not null && context.Files.TryGetEntry(before.Path) == before && content.Size == before.Size ? content : null;
        }
        catch (CodexportException error) when (error.Code is ErrorCode.FileUnreadable or ErrorCode.PathBlocked && context.Files.TryGetEntry(before.Path) != before)
        {
            // It went away, or something else took its place, between two looks.
            return null;
        }
    }

    private StableContent ReadSmall(ScannedFile file, in FileEntry entry)
    {
        var bytes = AtomicFile.ReadAllBytes(context.Files, entry.Path);
        return new StableContent(Sha256Hash.Of(bytes), bytes.Length, entry.ModifiedTicks, entry.ChangedTicks, IsExecutable(entry, bytes), bytes)
        {
            Secret = SecretContent.Judge(file.Path, bytes, file.IsLinked),
        };
    }

    private async Task<StableContent?> ReadLargeAsync(ScannedFile file, FileEntry entry, ObjectStore store, CancellationToken cancellationToken)
    {
        var start = new byte[(int)Math.Min(entry.Size, JudgedStart)];
        Sha256Hash hash;
        await using (var stream = context.Files.OpenRead(entry.Path))
        {
            await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        }

        if (SecretContent.Judge(file.Path, start, file.IsLinked) is { } secret)
        {
            return new StableContent(default, entry.Size, entry.ModifiedTicks, entry.ChangedTicks, IsExecutable: false, Bytes: null) { Secret = secret };
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
