using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Publication;

namespace Codexport.Engine.Master.Stores;

/// <summary>
/// Brings a store what it lacks, in the order in which nothing is ever named before it is there: contents, documents, keys. At most
/// <see cref="AtOnce"/> uploads run at a time; what fails for a moment is tried again.
/// </summary>
internal sealed class StoreUpload(EngineContext context, IRevisionStore store, PreparedPublication publication)
{
    /// <summary>Uploads that run at the same time at most.</summary>
    public const int AtOnce = 8;

    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)];

    private readonly ObjectStore _contents = new(context.Files, context.Home.ObjectsFolder, context.Time);
    private long _total;
    private int _uploaded;
    private long _bytes;

    /// <summary>Things uploaded.</summary>
    public int Uploaded => _uploaded;

    /// <summary>Their bytes.</summary>
    public long Bytes => _bytes;

    /// <summary>Packs that the store lacks and that cannot be made any more, as a content in them is gone.</summary>
    public IReadOnlySet<Sha256Hash> FindGone(IReadOnlySet<string> present)
        => publication.Epoch.Packs.Where(pack => !present.Contains(PublicationPaths.Object(pack.Name)) && !pack.Contents.All(content => _contents.Contains(content.Hash)))
            .Select(pack => pack.Name).ToHashSet();

    /// <summary>Uploads everything but the head.</summary>
    /// <param name="present">What is there already.</param>
    /// <param name="isLeadThere">Whether what leads to the document is there as it must be.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task RunAsync(IReadOnlySet<string> present, bool isLeadThere, CancellationToken cancellationToken)
    {
        var epoch = publication.Epoch;
        var packs = epoch.Packs.Where(pack => !present.Contains(PublicationPaths.Object(pack.Name))).ToList();
        List<(string Key, Func<byte[]> Content)> documents = [];
        List<(string Key, Func<byte[]> Content)> keys = [];
        using var everybody = epoch.KeyFor(SealingKey.Everybody);
        Plan(documents, PublicationPaths.Revision(publication.Checkpoint.Key), () => Sealed(everybody, SealedKind.Checkpoint, publication.Checkpoint));
        if (!isLeadThere)
        {
            documents.Add((PublicationPaths.Revision(publication.Lead.Key), () => Sealed(everybody, SealedKind.Revision, publication.Lead)));
        }

        foreach (var shard in publication.Shards)
        {
            Plan(keys, PublicationPaths.Shard(epoch.Number, shard.Shard, shard.Hash), () => shard.Content);
        }

        List<(string Key, Func<byte[]> Content)> list = [];
        Plan(list, PublicationPaths.Keyring(epoch.Number, publication.Head.Keyring!.Value), () => publication.KeyringList);
        _total = packs.Count + documents.Count + keys.Count + list.Count + 1;
        await AllAsync(packs.Select(pack => (PublicationPaths.Object(pack.Name), (Func<byte[]>)(() => Seal(pack)))), cancellationToken);
        await AllAsync(documents, cancellationToken);
        await AllAsync(keys, cancellationToken);
        await AllAsync(list, cancellationToken);

        void Plan(List<(string Key, Func<byte[]> Content)> work, string key, Func<byte[]> content)
        {
            if (!present.Contains(key))
            {
                work.Add((key, content));
            }
        }
    }

    /// <summary>Does something with the store, again where it failed for a moment.</summary>
    public async Task<T> AgainAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (CodexportException error) when (error.IsPassing && attempt < Pauses.Length)
            {
                context.Trace?.Invoke($"{error.Message} Trying again.");
                await Task.Delay(Pauses[attempt], context.Time, cancellationToken);
            }
        }
    }

    /// <summary>Counts the head among what was uploaded.</summary>
    public void CountHead(int bytes) => Count(bytes);

    private Task AllAsync(IEnumerable<(string Key, Func<byte[]> Content)> work, CancellationToken cancellationToken)
        => Parallel.ForEachAsync(
            work, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (item, token) =>
            {
                var content = item.Content();
                await AgainAsync(
                    async () =>
                    {
                        await store.PutAsync(item.Key, content, token);
                        return true;
                    },
                    token);
                Count(content.Length);
            });

    private byte[] Seal(PlacedPack pack)
    {
        using var key = publication.Epoch.KeyFor(pack.Label);
        var open = new byte[pack.OpenSize];
        var length = 0;
        foreach (var content in pack.Contents)
        {
            using var stream = _contents.OpenRead(content.Hash);
            if (pack.Parts > 1)
            {
                Skip(stream, (long)pack.Part * PlacedPack.MaxSize);
            }

            var size = pack.Parts > 1 ? open.Length : (int)content.Size;
            stream.ReadExactly(open.AsSpan(length, size));
            length += size;
        }

        return key.Seal(SealedKind.Pack, pack.Name, SealedContents.Squeeze(open));
    }

    private static void Skip(Stream stream, long bytes)
    {
        if (stream.CanSeek)
        {
            stream.Seek(bytes, SeekOrigin.Current);
            return;
        }

        var buffer = new byte[81920];
        while (bytes > 0)
        {
            var count = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, bytes));
            bytes -= count > 0 ? count : throw new EndOfStreamException();
        }
    }

    private static byte[] Sealed(SealingKey key, SealedKind kind, KeyValuePair<Sha256Hash, byte[]> named)
        => key.Seal(kind, named.Key, SealedContents.Squeeze(named.Value));

    private void Count(int bytes)
    {
        var done = Interlocked.Increment(ref _uploaded);
        Interlocked.Add(ref _bytes, bytes);
        context.Progress?.Report(new ProgressUpdate($"Publishing to {store.Name}", done, _total, "files"));
    }
}
