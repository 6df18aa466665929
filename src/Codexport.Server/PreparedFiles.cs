using System.Collections.Concurrent;
using Codexport.Engine.Content;
using Codexport.Engine.Platform.Files;

namespace Codexport.Server;

/// <summary>
/// Bodies that took work to make, kept as files in <c>master/bundles/</c> and made once however many ask. Names are
/// <c>KIND-REVISION[-BASE].EXTENSION</c>. An empty file says that encoding was not worth it. The oldest in use go first when there are too
/// many.
/// </summary>
internal sealed class PreparedFiles(IFileSystem files, string folder, ServerLimits limits, CancellationToken stopping)
{
    private const string Temporary = ".tmp";

    private readonly ConcurrentDictionary<string, Lazy<Task<long>>> _building = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _lastUse = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>Makes a file unless it is there.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="write">Writes the content; false when what it wrote is to be dropped and an empty file kept in its place.</param>
    /// <returns>Its length in bytes.</returns>
    public Task<long> EnsureAsync(string name, Func<Stream, CancellationToken, Task<bool>> write)
    {
        _lastUse[name] = Interlocked.Increment(ref _clock);
        if (files.TryGetEntry(PathOf(name)) is { Kind: EntryKind.File } entry)
        {
            return Task.FromResult(entry.Size);
        }

        return _building.GetOrAdd(name, _ => new Lazy<Task<long>>(() => Task.Run(() => BuildAsync(name, write), stopping))).Value;
    }

    /// <summary>Waits until nothing is being made any more, once the server was told to stop.</summary>
    /// <remarks>Failures are told to whoever asked; here only the end counts.</remarks>
    public async Task FinishAsync()
        => await ((Task)Task.WhenAll(_building.Values.Select(building => building.Value))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Opens a file that was made.</summary>
    public Stream Open(string name) => files.OpenRead(PathOf(name));

    /// <summary>Deletes what belongs to revisions that are not kept any more, and what a killed process left half-written.</summary>
    public void DropUnkept(Func<Sha256Hash, bool> isKept)
    {
        foreach (var entry in files.Enumerate(folder).ToList())
        {
            var name = Path.GetFileName(entry.Path);
            var hashes = name.Split('.')[0].Split('-').Skip(1).ToList();
            var isOurs = hashes.Count > 0 && hashes.TrueForAll(text => Sha256Hash.TryParse(text, out var hash) && isKept(hash));
            if (!isOurs || (name.EndsWith(Temporary, StringComparison.Ordinal) && _building.IsEmpty))
            {
                files.DeleteFile(entry.Path);
                _lastUse.TryRemove(name, out _);
            }
        }

        // Asked for once and made away since: nothing remembers them but this.
        foreach (var name in _lastUse.Keys.Where(name => !_building.ContainsKey(name) && files.TryGetEntry(PathOf(name)) is null))
        {
            _lastUse.TryRemove(name, out _);
        }
    }

    private async Task<long> BuildAsync(string name, Func<Stream, CancellationToken, Task<bool>> write)
    {
        var path = PathOf(name);
        var temporary = $"{path}.{Path.GetRandomFileName()}{Temporary}";
        try
        {
            files.CreateDirectory(folder, FilePermission.Private);
            bool isWorthIt;
            await using (var stream = files.CreateNew(temporary, FilePermission.Private))
            {
                isWorthIt = await write(stream, stopping);
                files.FlushToDisk(stream);
            }

            if (!isWorthIt)
            {
                files.DeleteFile(temporary);
                await using var empty = files.CreateNew(temporary, FilePermission.Private);
            }

            files.Move(temporary, path, overwrite: true);
            Trim(path);
            return files.TryGetEntry(path)?.Size ?? 0;
        }
        catch
        {
            files.DeleteFile(temporary);
            throw;
        }
        finally
        {
            _building.TryRemove(name, out _);
        }
    }

    private void Trim(string newest)
    {
        var entries = files.Enumerate(folder)
            .Where(entry => entry.Path != newest && !entry.Path.EndsWith(Temporary, StringComparison.Ordinal))
            .OrderBy(entry => _lastUse.GetValueOrDefault(Path.GetFileName(entry.Path)))
            .ThenBy(entry => entry.ModifiedTicks)
            .ToList();
        var bytes = entries.Sum(entry => entry.Size) + (files.TryGetEntry(newest)?.Size ?? 0);
        var count = entries.Count + 1;
        foreach (var entry in entries)
        {
            if (bytes <= limits.MaxPreparedBytes && count <= limits.MaxPreparedFiles)
            {
                return;
            }

            // Whoever is reading it reads on: an open file outlives its name.
            files.DeleteFile(entry.Path);
            _lastUse.TryRemove(Path.GetFileName(entry.Path), out _);
            bytes -= entry.Size;
            count--;
        }
    }

    private string PathOf(string name) => Path.Combine(folder, name);
}
