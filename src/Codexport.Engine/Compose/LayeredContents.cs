using Codexport.Engine.Apply;
using Codexport.Engine.Content;
using Codexport.Engine.Homes;

namespace Codexport.Engine.Compose;

/// <summary>The contents of a plan: what was composed, in memory; the overlay's files, where they lie; the revision's, in its store.</summary>
internal sealed class LayeredContents(IContentStore revision, EngineContext context) : IContentStore
{
    private readonly Dictionary<Sha256Hash, byte[]> _composed = [];
    private readonly Dictionary<Sha256Hash, string> _local = [];

    /// <inheritdoc/>
    public bool Contains(Sha256Hash hash) => _composed.ContainsKey(hash) || _local.ContainsKey(hash) || revision.Contains(hash);

    /// <inheritdoc/>
    public Stream OpenRead(Sha256Hash hash)
        => _composed.TryGetValue(hash, out var bytes) ? new MemoryStream(bytes, writable: false)
            : _local.TryGetValue(hash, out var path) ? context.Files.OpenRead(path)
            : revision.OpenRead(hash);

    internal byte[] ReadAll(Sha256Hash hash)
    {
        using var stream = OpenRead(hash);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var content = memory.ToArray();

        // A disk that lost or changed bytes must not have its way with what is composed from them.
        return Sha256Hash.Of(content) == hash ? content : throw ContentDamage.Of(context.Home.ObjectsFolder, hash, "a content that is kept");
    }

    internal Sha256Hash Add(byte[] composed)
    {
        var hash = Sha256Hash.Of(composed);
        _composed[hash] = composed;
        return hash;
    }

    internal void AddFile(Sha256Hash hash, string path) => _local[hash] = path;
}
