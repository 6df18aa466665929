using Codexport.Engine.Homes;

namespace Codexport.Engine.Follower.Wire;

/// <summary>
/// Asks a publication for its head as the hook does: once, with one deadline. On this machine's own web server that is a bare socket, as with a
/// master; elsewhere TLS, and perhaps a proxy, are wanted.
/// </summary>
internal static class PublicationCheck
{
    /// <summary>Asks.</summary>
    public static PublishedHead Get(
        EngineContext context, PublicationAddress address, string? tag, TimeSpan connect, TimeSpan budget, CancellationToken cancellationToken)
    {
        if (address is { Host: not null, IsTls: false })
        {
            return HeadCheck.GetPublished(address, tag, budget, cancellationToken);
        }

        return address.Folder is null
            ? AskAsync(address, tag, connect < budget ? connect : budget, budget, cancellationToken).GetAwaiter().GetResult()
            : new FolderReader(context.Files, address).GetHeadAsync(tag, cancellationToken).GetAwaiter().GetResult();
    }

    private static async Task<PublishedHead> AskAsync(
        PublicationAddress address, string? tag, TimeSpan connect, TimeSpan budget, CancellationToken cancellationToken)
    {
        await using var reader = new WebReader(address, connect, budget);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(budget);
        try
        {
            return await reader.GetHeadAsync(tag, limited.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw PublicationErrors.TooSlow(address);
        }
    }
}
