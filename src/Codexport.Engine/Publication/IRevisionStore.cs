using Codexport.Engine.Errors;

namespace Codexport.Engine.Publication;

/// <summary>Something in a store.</summary>
/// <param name="Key">Its place, as <c>v1/head</c>.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Modified">When it was put there, by the store's own clock.</param>
public sealed record StoreEntry(string Key, long Size, DateTimeOffset Modified);

/// <summary>Something read from a store.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Tag">What names this very state of it, for a conditional replacement.</param>
/// <param name="Modified">When it was put there, by the store's own clock.</param>
public sealed record StoredContent(byte[] Content, string Tag, DateTimeOffset Modified);

/// <summary>
/// Where a master publishes to: a folder, a bucket. Keys have <c>/</c> between their parts. Whatever goes wrong is
/// <see cref="ErrorCode.StoreFailed"/> with <see cref="CodexportException.IsPassing"/> where trying again may help.
/// </summary>
public interface IRevisionStore : IAsyncDisposable
{
    /// <summary>The target as a person wrote it, without any secret.</summary>
    string Name { get; }

    /// <summary>Reads something; null when it is not there.</summary>
    Task<StoredContent?> TryReadAsync(string key, int limit, CancellationToken cancellationToken);

    /// <summary>Puts what never changes there, whole or not at all.</summary>
    Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Replaces a head, if it is still the one of <paramref name="tag"/>.</summary>
    /// <param name="key">Its place.</param>
    /// <param name="content">The new head.</param>
    /// <param name="tag">That of the head which is replaced; null when there must be none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.PublicationConflict"/> when somebody else was faster.</exception>
    Task ReplaceAsync(string key, ReadOnlyMemory<byte> content, string? tag, CancellationToken cancellationToken);

    /// <summary>What lies below a prefix.</summary>
    IAsyncEnumerable<StoreEntry> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Deletes something; nothing happens when it is not there.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);
}
