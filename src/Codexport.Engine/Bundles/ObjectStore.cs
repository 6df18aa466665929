using Codexport.Engine.Platform;

namespace Codexport.Engine.Bundles;

/// <summary>
/// Contents by hash, in one folder: single files, and packs that hold many contents one after the other as a bundle brings them, so that
/// thousands of small files arrive as one. Contents are verified when they come in.
/// </summary>
public sealed class ObjectStore(IFileSystem files, string folder) : IContentStore
{
    /// <inheritdoc/>
    public bool Contains(Sha256Hash hash) => throw new NotImplementedException(folder + files);

    /// <inheritdoc/>
    public Stream OpenRead(Sha256Hash hash) => throw new NotImplementedException();

    /// <summary>Takes in one content as a single file; nothing happens when it is here already.</summary>
    /// <param name="expected">What its hash must be.</param>
    /// <param name="content">Read to its end.</param>
    /// <param name="cancellationToken">Ends the work; nothing half-written stays.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ContentMismatch"/> when the hash is another.</exception>
    public Task PutAsync(Sha256Hash expected, Stream content, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Takes in one content that is in memory.</summary>
    public Sha256Hash Put(ReadOnlyMemory<byte> content) => throw new NotImplementedException();

    /// <summary>Starts a pack for a run of contents.</summary>
    public ObjectPackWriter CreatePack() => throw new NotImplementedException();

    /// <summary>Deletes everything but <paramref name="keep"/>; packs that hold little that is kept are written anew.</summary>
    public Task PruneAsync(IReadOnlySet<Sha256Hash> keep, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Deletes one content for good, also out of a pack (superseded credentials).</summary>
    public Task PurgeAsync(Sha256Hash hash, CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <summary>Writes a pack. What was appended and verified stays, also when the pack is left early.</summary>
public sealed class ObjectPackWriter : IAsyncDisposable
{
    /// <summary>Reads exactly <paramref name="size"/> bytes of <paramref name="source"/> and keeps them when their hash is right.</summary>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.ContentMismatch"/> (the content is dropped), or <see cref="ErrorCode.MasterUnreachable"/> when the stream ends early.
    /// </exception>
    public Task AppendAsync(Sha256Hash expected, long size, Stream source, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Makes what was appended durable and visible to the store.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
