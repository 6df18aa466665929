using Codexport.Engine.Bundles;

namespace Codexport.Engine.Codex;

/// <summary>Contents that are in memory.</summary>
internal sealed class MemoryContents : IContentStore
{
    private readonly Dictionary<Sha256Hash, byte[]> _contents = [];

    /// <summary>Adds one and gives its hash.</summary>
    public Sha256Hash Add(byte[] content)
    {
        var hash = Sha256Hash.Of(content);
        _contents[hash] = content;
        return hash;
    }

    /// <inheritdoc/>
    public bool Contains(Sha256Hash hash) => _contents.ContainsKey(hash);

    /// <inheritdoc/>
    public Stream OpenRead(Sha256Hash hash) => _contents.TryGetValue(hash, out var content)
        ? new MemoryStream(content, writable: false)
        : throw new CodexportException(
            ErrorCode.StateDamaged, $"The content {hash} is not at hand.", "Run the command again.", hash.ToString());
}
