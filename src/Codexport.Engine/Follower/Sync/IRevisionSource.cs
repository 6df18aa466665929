using Codexport.Engine.Content;
using Codexport.Engine.Follower.Verification;
using Codexport.Engine.Follower.Wire;

namespace Codexport.Engine.Follower.Sync;

/// <summary>Whence a revision comes: the master over pinned TLS, or a publication of it. What judges it is the same.</summary>
internal interface IRevisionSource
{
    /// <summary>How it is shown.</summary>
    string Name { get; }

    /// <summary>Bytes received from it.</summary>
    long BytesReceived { get; }

    /// <summary>Fetches and verifies.</summary>
    /// <param name="revision">What the verified head names.</param>
    /// <param name="candidates">Revisions whose documents and contents may be here, best first.</param>
    /// <param name="verifier">What judges; it has taken the head.</param>
    /// <param name="cancellationToken">Ends the work; verified contents stay.</param>
    Task<VerifiedRevision> FetchAsync(
        Sha256Hash revision, IEnumerable<Sha256Hash?> candidates, RevisionVerifier verifier, CancellationToken cancellationToken);
}

/// <summary>The master itself.</summary>
internal sealed class MasterSource(FollowerSession session, IMasterConnection connection) : IRevisionSource
{
    /// <inheritdoc/>
    public string Name => connection.Master?.Authority ?? (session.Masters is [var first, ..] ? first.Authority : "the master");

    /// <inheritdoc/>
    public long BytesReceived => connection.BytesReceived;

    /// <inheritdoc/>
    public Task<VerifiedRevision> FetchAsync(
        Sha256Hash revision, IEnumerable<Sha256Hash?> candidates, RevisionVerifier verifier, CancellationToken cancellationToken)
        => new RevisionFetcher(session, connection, verifier).FetchAsync(revision, candidates, cancellationToken);
}
