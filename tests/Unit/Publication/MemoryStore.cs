using System.Runtime.CompilerServices;
using Codexport.Engine.Content;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Publication;

namespace Codexport.Tests.Publication;

/// <summary>A store in memory with a clock of its own; a test may stop a publication at any call.</summary>
internal sealed class MemoryStore : IRevisionStore
{
    public Dictionary<string, (byte[] Content, DateTimeOffset Modified)> Objects { get; } = new(StringComparer.Ordinal);

    public DateTimeOffset Now { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string Name => "memory";

    /// <summary>Done before a call: what is done, and with which key.</summary>
    public Action<string, string>? Before { get; set; }

    /// <summary>Done after a call came about.</summary>
    public Action<string, string>? After { get; set; }

    public int Calls { get; private set; }

    public byte[] this[string key] => Objects[key].Content;

    public void Set(string key, byte[] content) => Objects[key] = (content, Now);

    public Dictionary<string, (byte[] Content, DateTimeOffset Modified)> Copy() => new(Objects, StringComparer.Ordinal);

    public Task<StoredContent?> TryReadAsync(string key, int limit, CancellationToken cancellationToken) => Call("read", key, () =>
        Objects.TryGetValue(key, out var found) ? new StoredContent(found.Content, Sha256Hash.Of(found.Content).ToString(), found.Modified) : null);

    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => Call("put", key, () =>
    {
        Set(key, content.ToArray());
        return true;
    });

    public Task ReplaceAsync(string key, ReadOnlyMemory<byte> content, string? tag, CancellationToken cancellationToken) => Call("replace", key, () =>
    {
        if ((Objects.TryGetValue(key, out var found) ? Sha256Hash.Of(found.Content).ToString() : null) != tag)
        {
            throw StoreErrors.Conflict(Name);
        }

        Set(key, content.ToArray());
        return true;
    });

    public async IAsyncEnumerable<StoreEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in await Call("list", prefix, () => Objects.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(pair => new StoreEntry(pair.Key, pair.Value.Content.Length, pair.Value.Modified)).ToList()))
        {
            yield return entry;
        }
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken) => Call("delete", key, () => Objects.Remove(key));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<T> Call<T>(string doing, string key, Func<T> work)
    {
        lock (Objects)
        {
            Calls++;
            Before?.Invoke(doing, key);
            var result = work();
            After?.Invoke(doing, key);
            return Task.FromResult(result);
        }
    }
}

/// <summary>Reads what lies in a <see cref="MemoryStore"/>, as a follower does.</summary>
internal sealed class MemoryReader(MemoryStore store, PublicationAddress address) : IPublicationReader
{
    public PublicationAddress Address => address;

    public long BytesReceived { get; private set; }

    public Task<PublishedHead> GetHeadAsync(string? tag, CancellationToken cancellationToken)
        => Task.FromResult(store.Objects.TryGetValue("v1/head", out var head) ? new PublishedHead(head.Content, null) : throw PublicationErrors.NoHead(address));

    public Task<byte[]?> TryReadAsync(string key, int limit, CancellationToken cancellationToken)
    {
        var content = store.Objects.TryGetValue(key, out var found) ? found.Content : null;
        BytesReceived += content?.Length ?? 0;
        return content?.Length > limit ? throw PublicationErrors.TooLong(address, limit) : Task.FromResult(content);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
