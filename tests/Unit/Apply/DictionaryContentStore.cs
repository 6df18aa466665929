using System.Collections.Concurrent;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;

namespace Codexport.Tests.Apply;

/// <summary>Contents in memory.</summary>
public sealed class DictionaryContentStore : IContentStore
{
    private readonly ConcurrentDictionary<Sha256Hash, byte[]> _contents = [];

    public Sha256Hash Add(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var hash = Sha256Hash.Of(bytes);
        _contents[hash] = bytes;
        return hash;
    }

    public bool Contains(Sha256Hash hash) => _contents.ContainsKey(hash);

    public Stream OpenRead(Sha256Hash hash) => _contents.TryGetValue(hash, out var bytes)
        ? new MemoryStream(bytes, writable: false)
        : throw new CodexportException(ErrorCode.StateDamaged, $"The content {hash} is not kept.", "Fetch it.");
}
