using System.Runtime.CompilerServices;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Publication;

/// <summary>
/// A folder as a store: on this machine, on a share, or where a web server or a synchronizing program takes it from. Each file appears whole;
/// whoever replaces the head holds a lock in the folder meanwhile.
/// </summary>
public sealed class FolderStore(IFileSystem files, string folder) : IRevisionStore
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public string Name => folder;

    /// <inheritdoc/>
    public Task<StoredContent?> TryReadAsync(string key, int limit, CancellationToken cancellationToken)
        => Task.Run(() => TryRead(key, limit), cancellationToken);

    /// <inheritdoc/>
    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        => Task.Run(() => Write(key, content.Span), cancellationToken);

    /// <inheritdoc/>
    public async Task ReplaceAsync(string key, ReadOnlyMemory<byte> content, string? tag, CancellationToken cancellationToken)
    {
        files.CreateDirectory(Path.GetDirectoryName(PathOf(key))!, FilePermission.Normal);
        using var held = await LockAsync(cancellationToken);
        if (TryRead(key, int.MaxValue)?.Tag != tag)
        {
            throw StoreErrors.Conflict(Name);
        }

        await Task.Run(() => Write(key, content.Span), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in await Task.Run(() => List(PathOf(prefix.TrimEnd('/')), prefix.TrimEnd('/')), cancellationToken))
        {
            yield return entry;
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) => Task.Run(() => files.DeleteFile(PathOf(key)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string PathOf(string key) => Path.Join(folder, key.Replace('/', Path.DirectorySeparatorChar));

    private StoredContent? TryRead(string key, int limit)
    {
        var path = PathOf(key);
        if (files.TryGetEntry(path) is not { Kind: EntryKind.File or EntryKind.SymbolicLink } entry
            || AtomicFile.TryReadAllBytes(files, path, limit) is not { } content)
        {
            return null;
        }

        return new StoredContent(content, Sha256Hash.Of(content).ToString(), new DateTimeOffset(entry.ModifiedTicks, TimeSpan.Zero));
    }

    // What others read, such as a web server: the rights that the folder's owner usually gives.
    private void Write(string key, ReadOnlySpan<byte> content)
    {
        var path = PathOf(key);
        files.CreateDirectory(Path.GetDirectoryName(path)!, FilePermission.Normal);
        AtomicFile.Write(files, path, content, FilePermission.Normal);
    }

    private List<StoreEntry> List(string path, string key)
    {
        var found = new List<StoreEntry>();
        foreach (var entry in files.Enumerate(path))
        {
            var name = Path.GetFileName(entry.Path);
            if (entry.Kind == EntryKind.Directory)
            {
                found.AddRange(List(entry.Path, $"{key}/{name}"));
            }
            else if (entry.Kind == EntryKind.File && !AtomicFile.IsTemporaryName(name))
            {
                found.Add(new StoreEntry($"{key}/{name}", entry.Size, new DateTimeOffset(entry.ModifiedTicks, TimeSpan.Zero)));
            }
        }

        return found;
    }

    private async Task<IDisposable> LockAsync(CancellationToken cancellationToken)
    {
        var path = PathOf("v1/.publishing");
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Pause)
        {
            if (files.TryLock(path) is { } held)
            {
                return held;
            }

            await Task.Delay(Pause, cancellationToken);
        }

        throw new CodexportException(ErrorCode.Busy, $"Another process publishes to '{Name}' at this moment.", "Wait until it is done, then try again.", Name);
    }
}
