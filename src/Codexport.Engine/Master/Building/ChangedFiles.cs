using Codexport.Engine.Content;
using Codexport.Engine.Homes;

namespace Codexport.Engine.Master.Building;

/// <summary>Reads the files that the cache does not know and puts their contents into the store.</summary>
internal sealed class ChangedFiles(EngineContext context, ObjectStore store, ScanResult scan, StableReader reader)
{
    // From so many on, one pack takes them all; reading them in parallel is worth it too.
    private const int ManyFiles = 64;
    private const int BatchSize = 256;

    /// <summary>How many files were read.</summary>
    public int Count { get; private set; }

    /// <summary>Indexes of files that went away or did not stand still long enough to be read.</summary>
    public List<int> Restless { get; } = [];

    /// <summary>Indexes of files that hold a secret which does not leave, each with the reason.</summary>
    public Dictionary<int, string> Withheld { get; } = [];

    /// <summary>Reads the files at <paramref name="indexes"/> into <paramref name="built"/>.</summary>
    public async Task ReadAsync(BuiltFile[] built, List<int> indexes, CancellationToken cancellationToken)
    {
        Count = indexes.Count;
        if (indexes.Count < ManyFiles)
        {
            foreach (var index in indexes)
            {
                var content = await reader.TryReadAsync(scan.Files[index], store, cancellationToken);
                if (Take(built, index, content) && content!.Bytes is not null)
                {
                    store.Put(content.Bytes);
                }
            }

            return;
        }

        await using var pack = store.CreatePack();
        for (var start = 0; start < indexes.Count; start += BatchSize)
        {
            await ReadBatchAsync(built, indexes[start..Math.Min(start + BatchSize, indexes.Count)], pack, cancellationToken);
            context.Progress?.Report(new ProgressUpdate("Reading the Codex home", start, indexes.Count, "files"));
        }
    }

    private async Task ReadBatchAsync(BuiltFile[] built, List<int> indexes, ObjectPackWriter pack, CancellationToken cancellationToken)
    {
        var contents = new StableContent?[indexes.Count];
        await Parallel.ForAsync(0, indexes.Count, cancellationToken, async (item, token) =>
            contents[item] = await reader.TryReadAsync(scan.Files[indexes[item]], store, token));
        for (var item = 0; item < contents.Length; item++)
        {
            var content = contents[item];
            if (Take(built, indexes[item], content) && content!.Bytes is { } bytes && !store.IsWhole(content.Hash, bytes))
            {
                using var stream = new MemoryStream(bytes, writable: false);
                await pack.AppendAsync(content.Hash, bytes.Length, stream, cancellationToken);
            }
        }
    }

    private bool Take(BuiltFile[] built, int index, StableContent? content)
    {
        ref var file = ref built[index];
        if (content is null)
        {
            file.ModifiedTicks = HashCache.NeverTrust;
            Restless.Add(index);
            return false;
        }

        if (content.Secret is not null)
        {
            file.ModifiedTicks = HashCache.NeverTrust;
            Withheld.Add(index, content.Secret);
            return false;
        }

        file.Hash = content.Hash;
        file.Size = content.Size;
        file.IsExecutable = content.IsExecutable;

        // Read later than it was scanned: remembered only when the scan's times still hold.
        var isAsScanned = file.ModifiedTicks == content.ModifiedTicks && file.ChangedTicks == content.ChangedTicks;
        file.ModifiedTicks = isAsScanned ? file.ModifiedTicks : HashCache.NeverTrust;
        return true;
    }
}
