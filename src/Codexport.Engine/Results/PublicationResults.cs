namespace Codexport.Engine.Results;

/// <summary>How a publication to a store ended.</summary>
public enum PublicationStatus
{
    /// <summary>The store had everything already.</summary>
    Current,

    /// <summary>The store holds the revision in force now.</summary>
    Published,
}

/// <summary>What a publication to a store did.</summary>
/// <param name="Target">Where.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Revision">The revision that the store's head names now.</param>
/// <param name="Sequence">That head's sequence number.</param>
/// <param name="Epoch">The epoch whose keys seal it.</param>
/// <param name="Followers">Followers whose keys open it.</param>
/// <param name="ObjectsUploaded">Things uploaded, the head among them.</param>
/// <param name="BytesUploaded">Their bytes.</param>
/// <param name="ObjectsRemoved">Things that no head needs any more and that were cleared away.</param>
/// <param name="Warnings">Whole sentences for the person.</param>
public sealed record PublicationResult(
    string Target, PublicationStatus Status, string Revision, long Sequence, long Epoch, int Followers,
    int ObjectsUploaded, long BytesUploaded, int ObjectsRemoved, IReadOnlyList<string> Warnings);
