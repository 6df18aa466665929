using Codexport.Engine.Content;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.Wire;

/// <summary>How to reach a master and what to show it.</summary>
/// <param name="Masters">Its addresses, in the order to try.</param>
/// <param name="Fingerprint">The pinned key's fingerprint.</param>
/// <param name="Credential">This follower's credential; null before it has one.</param>
/// <param name="ConnectTimeout">For connecting and shaking hands, each address.</param>
/// <param name="IdleTimeout">See <see cref="Patience"/>.</param>
internal sealed record ConnectionOptions(
    IReadOnlyList<MasterAddress> Masters, string Fingerprint, string? Credential, TimeSpan ConnectTimeout, TimeSpan IdleTimeout)
{
    /// <summary>The revision that was last applied here, for the master's overview.</summary>
    public Sha256Hash? Applied { get; init; }

    /// <summary>Name of the last error here, for the master's overview.</summary>
    public string? LastError { get; init; }

    /// <summary>By what a statement is judged that another key acts for the pinned one.</summary>
    public DelegationRules Delegation { get; init; } = new(TimeProvider.System.GetUtcNow(), 0);

    /// <summary>What is not taken more of.</summary>
    public Limits Limits { get; init; } = Limits.Default;

    /// <summary>Gets a line for each answer.</summary>
    public Action<string>? WireTrace { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"ConnectionOptions {{ {Masters[0]} }}";
}

/// <summary>What the master answers to a follower that joins, once it is checked.</summary>
/// <param name="Id">The follower's identifier.</param>
/// <param name="Credential">Its secret.</param>
/// <param name="IsPending">Whether it waits for approval.</param>
/// <param name="Name">The name that it was given.</param>
internal sealed record Registration(string Id, string Credential, bool IsPending, string Name)
{
    /// <summary>Whether the master has kept the public key that it was told.</summary>
    public bool HasKey { get; init; }
}

/// <summary>A revision document as it came.</summary>
/// <param name="Bytes">Document or difference.</param>
/// <param name="IsDelta">Whether it is a difference to the base that was named.</param>
internal sealed record RevisionAnswer(byte[] Bytes, bool IsDelta);

/// <summary>
/// A master to talk with over pinned TLS. Nothing that it brings is verified beyond the pin and the limits: that is the verifier's work.
/// </summary>
internal interface IMasterConnection : IAsyncDisposable
{
    /// <summary>Bytes received over all connections.</summary>
    long BytesReceived { get; }

    /// <summary>The pinned key as SubjectPublicKeyInfo, once a connection has proven it.</summary>
    byte[]? PublicKey { get; }

    /// <summary>The address that is connected; null while none is.</summary>
    MasterAddress? Master { get; }

    /// <summary>Connects to this address first, as it has just answered.</summary>
    void Prefer(MasterAddress master);

    /// <summary>Tells the master which revision is applied here and which error, if any, waits for a person.</summary>
    /// <param name="applied">The revision; null for none.</param>
    /// <param name="lastError">The error's name; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task ReportAsync(Sha256Hash? applied, string? lastError, CancellationToken cancellationToken);

    /// <summary>Tells the master the public key for which it wraps the keys of what it publishes to stores.</summary>
    Task TellKeyAsync(string publicKey, CancellationToken cancellationToken);

    /// <summary>The signed head's envelope.</summary>
    Task<byte[]> GetHeadAsync(CancellationToken cancellationToken);

    /// <summary>Asks to be let in.</summary>
    Task<Registration> RegisterAsync(JoinRequest request, CancellationToken cancellationToken);

    /// <summary>A revision document, or its difference to <paramref name="known"/>.</summary>
    Task<RevisionAnswer> GetRevisionAsync(Sha256Hash revision, Sha256Hash? known, CancellationToken cancellationToken);

    /// <summary>The contents that <paramref name="known"/> lacks, one after the other in document order.</summary>
    /// <param name="revision">The revision.</param>
    /// <param name="known">A revision whose contents are here; null for none.</param>
    /// <param name="size">Bytes of those contents.</param>
    /// <param name="offset">Where to begin, the boundary of a content; beyond 0 nothing is compressed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<Stream> OpenBundleAsync(Sha256Hash revision, Sha256Hash? known, long size, long offset, CancellationToken cancellationToken);

    /// <summary>One content.</summary>
    Task<Stream> OpenObjectAsync(Sha256Hash hash, long size, CancellationToken cancellationToken);

    /// <summary>Says that this follower leaves.</summary>
    Task UnregisterAsync(CancellationToken cancellationToken);
}
