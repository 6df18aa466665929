using Codexport.Engine.Content;
using Codexport.Engine.Follower.Verification;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Publication;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// Brings contents out of sealed packs: several packs are on their way at a time, and what comes is kept in the order of the document. Each
/// content counts only with the hash that the document names.
/// </summary>
internal sealed class PackFetcher(FollowerSession session, IPublicationReader reader, IReadOnlyList<SealingKey> keys)
{
    // Each is of a mebibyte at most, once sealed and once open.
    private const int AtOnce = 6;

    private readonly Dictionary<string, SealingKey> _keys = keys.ToDictionary(key => key.Label, StringComparer.Ordinal);

    /// <summary>Fetches.</summary>
    /// <param name="missing">The contents that are missing here.</param>
    /// <param name="packs">Where contents lie, those that count first before others.</param>
    /// <param name="cancellationToken">Ends the work; verified contents stay.</param>
    public async Task FetchAsync(IReadOnlyList<NeededContent> missing, IReadOnlyList<PlacedPack> packs, CancellationToken cancellationToken)
    {
        var progress = new FetchProgress(session.Context, $"Fetching from {reader.Address}", missing.Sum(content => content.Size));
        progress.RequireSpace();
        var wanted = missing.ToDictionary(content => content.Hash, content => content.Size);
        var needed = Choose(missing, packs);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var coming = new Queue<Task<byte[]>>();
        var next = 0;
        try
        {
            await using var kept = session.Store.CreatePack();
            for (var index = 0; index < needed.Count;)
            {
                var pack = needed[index];
                if (pack.Parts > 1)
                {
                    await using var parts = new PartStream(pack.Parts, TakeAsync);
                    await kept.AppendAsync(pack.Contents[0].Hash, pack.Contents[0].Size, parts, cancellationToken);
                    progress.Arrived(pack.Contents[0].Size);
                    index += pack.Parts;
                    continue;
                }

                var open = await TakeAsync();
                index++;
                var offset = 0;
                foreach (var content in pack.Contents)
                {
                    if (wanted.Remove(content.Hash, out var size))
                    {
                        if (size != content.Size)
                        {
                            throw PublicationErrors.NotSealed(reader.Address, "A pack of contents");
                        }

                        await kept.AppendAsync(content.Hash, size, new MemoryStream(open, offset, (int)size, writable: false), cancellationToken);
                        progress.Arrived(size);
                    }

                    offset += (int)content.Size;
                }
            }
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(coming.Select(task => task.ContinueWith(static done => _ = done.Exception, TaskScheduler.Default)));
        }

        session.Store.Flush();
        progress.Report(force: true);

        async Task<byte[]> TakeAsync()
        {
            while (next < needed.Count && coming.Count < AtOnce)
            {
                coming.Enqueue(OpenAsync(needed[next++], ended.Token));
            }

            return await coming.Dequeue();
        }
    }

    // Which packs to read, in which order; all parts of a large content one after the other.
    private List<PlacedPack> Choose(IReadOnlyList<NeededContent> missing, IReadOnlyList<PlacedPack> packs)
    {
        var places = new Dictionary<Sha256Hash, int>();
        for (var index = 0; index < packs.Count; index++)
        {
            foreach (var content in packs[index].Contents)
            {
                places.TryAdd(content.Hash, index);
            }
        }

        var chosen = new List<PlacedPack>();
        var seen = new HashSet<int>();
        foreach (var content in missing)
        {
            if (!places.TryGetValue(content.Hash, out var index))
            {
                throw PublicationErrors.Missing(reader.Address, "The place of a content");
            }

            if (!seen.Add(index))
            {
                continue;
            }

            var pack = packs[index];
            if (pack.Parts == 1)
            {
                chosen.Add(pack);
                continue;
            }

            var parts = packs.Where(other => other.Parts == pack.Parts && other.Contents[0].Hash == content.Hash).OrderBy(other => other.Part)
                .DistinctBy(other => other.Part).ToList();
            chosen.AddRange(parts.Count == pack.Parts && pack.Contents[0].Size == content.Size
                ? parts
                : throw PublicationErrors.NotSealed(reader.Address, "The list of contents"));
        }

        return chosen;
    }

    private async Task<byte[]> OpenAsync(PlacedPack pack, CancellationToken cancellationToken)
    {
        const string What = "A pack of contents";
        if (!_keys.TryGetValue(pack.Label, out var key))
        {
            throw PublicationErrors.NoKey(reader.Address, "a content that it needs is sealed with a key that it was not given");
        }

        var content = await reader.TryReadAsync(PublicationPaths.Object(pack.Name), PlacedPack.MaxSize + SealingKey.Overhead + 16, cancellationToken)
            ?? throw PublicationErrors.Missing(reader.Address, What);
        var open = key.TryOpen(SealedKind.Pack, pack.Name, content) ?? throw PublicationErrors.NotSealed(reader.Address, What);
        try
        {
            var contents = SealedContents.Unsqueeze(open, pack.OpenSize);
            return contents.Length == pack.OpenSize ? contents : throw PublicationErrors.NotSealed(reader.Address, What);
        }
        catch (FormatException error)
        {
            throw PublicationErrors.NotSealed(reader.Address, What, error);
        }
    }

    // The parts of a large content, one after the other.
    private sealed class PartStream(int parts, Func<Task<byte[]>> take) : ForwardStream
    {
        private int _left = parts;
        private ReadOnlyMemory<byte> _part;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_part.IsEmpty)
            {
                if (_left-- <= 0)
                {
                    return 0;
                }

                _part = await take();
            }

            var count = Math.Min(buffer.Length, _part.Length);
            _part[..count].CopyTo(buffer);
            _part = _part[count..];
            return count;
        }
    }
}
