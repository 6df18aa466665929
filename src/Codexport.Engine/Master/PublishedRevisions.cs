using Codexport.Engine.Bundles;

namespace Codexport.Engine.Master;

/// <summary>One published revision.</summary>
/// <param name="Revision">Its hash.</param>
/// <param name="Sequence">The sequence number of the head that first named it.</param>
/// <param name="PublishedAt">When, UTC.</param>
public sealed record PublishedRevision(Sha256Hash Revision, long Sequence, DateTimeOffset PublishedAt);

/// <summary>
/// What the master has published, on disk in <c>master/</c>: <c>head.json</c> (the signed envelope in force),
/// <c>revisions/HEX.json</c> (canonical documents) and <c>revisions/index.json</c> (their order, newest last, as many as are kept).
/// <c>rebuild</c> may write while another process serves: everything is replaced atomically, documents before the head that names them.
/// </summary>
public sealed class PublishedRevisions(EngineContext context)
{
    /// <summary>Absolute path of the signed head in force.</summary>
    public string HeadFile => Path.Combine(context.Home.MasterFolder, "head.json");

    /// <summary>The head envelope in force; null when nothing is published yet.</summary>
    public byte[]? ReadHeadEnvelope() => throw new NotImplementedException();

    /// <summary>The head in force, read from its envelope and checked with the identity's key.</summary>
    public Head? ReadHead(MasterIdentity identity) => throw new NotImplementedException(identity.ToString());

    /// <summary>The kept revisions, newest last.</summary>
    public IReadOnlyList<PublishedRevision> List() => throw new NotImplementedException();

    /// <summary>The canonical bytes of a kept document; null when it is not kept.</summary>
    public byte[]? ReadDocument(Sha256Hash revision) => throw new NotImplementedException(revision.ToString());

    /// <summary>Writes the document and a newly signed head, and drops what is no longer kept, contents included.</summary>
    public Task<Head> PublishAsync(RevisionDocument document, MasterIdentity identity, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Signs the revision in force anew (before the present head expires, or gets old).</summary>
    public Task<Head> RenewHeadAsync(MasterIdentity identity, CancellationToken cancellationToken) => throw new NotImplementedException();
}
