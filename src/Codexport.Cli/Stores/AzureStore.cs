using System.Net;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Codexport.Engine.Errors;
using Codexport.Engine.Publication;
using Codexport.Engine.Settings;

namespace Codexport.Cli.Stores;

/// <summary>
/// A container of Azure Blob Storage. Credentials come from the environment, by the names that Azure's own tools use:
/// <c>AZURE_STORAGE_CONNECTION_STRING</c>, or <c>AZURE_STORAGE_ACCOUNT</c> with <c>AZURE_STORAGE_KEY</c> or <c>AZURE_STORAGE_SAS_TOKEN</c>.
/// </summary>
internal sealed class AzureStore(string name, BlobContainerClient container, string prefix) : IRevisionStore
{
    /// <inheritdoc/>
    public string Name => name;

    /// <summary>Opens a container; nothing is asked yet.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/> or <see cref="ErrorCode.StoreFailed"/>.</exception>
    public static AzureStore Open(PublishTarget target, Func<string, string?> environment)
    {
        var (container, prefix) = ObjectStores.Split(target);
        try
        {
            return new AzureStore(target.Target, Connect(target, container, environment), prefix);
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            // What a malformed connection string says might repeat it.
            throw StoreErrors.Failed(target.Target, "Opening", new FormatException("The credentials in the environment, or the endpoint, are malformed."), isPassing: false);
        }
    }

    /// <inheritdoc/>
    public Task<StoredContent?> TryReadAsync(string key, int limit, CancellationToken cancellationToken) => GuardAsync<StoredContent?>("Reading from", async () =>
    {
        try
        {
            using var answer = (await container.GetBlobClient(prefix + key).DownloadStreamingAsync(cancellationToken: cancellationToken)).Value;
            var details = answer.Details;
            return new StoredContent(
                await StoreContent.ReadAsync(name, answer.Content, details.ContentLength, limit, cancellationToken), details.ETag.ToString("H"), details.LastModified);
        }
        catch (RequestFailedException error) when (error.Status == (int)HttpStatusCode.NotFound && error.ErrorCode != "ContainerNotFound")
        {
            return null;
        }
    });

    /// <inheritdoc/>
    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        => GuardAsync("Writing to", () => UploadAsync(key, content, "private, max-age=31536000, immutable", null, cancellationToken));

    /// <inheritdoc/>
    public Task ReplaceAsync(string key, ReadOnlyMemory<byte> content, string? tag, CancellationToken cancellationToken) => GuardAsync("Writing to", async () =>
    {
        var conditions = tag is null ? new BlobRequestConditions { IfNoneMatch = ETag.All } : new BlobRequestConditions { IfMatch = new ETag(tag) };
        try
        {
            return await UploadAsync(key, content, "no-cache", conditions, cancellationToken);
        }
        catch (RequestFailedException error) when (error.Status is (int)HttpStatusCode.PreconditionFailed or (int)HttpStatusCode.Conflict && error.ErrorCode != "ContainerNotFound")
        {
            throw StoreErrors.Conflict(name);
        }
    });

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreEntry> ListAsync(string below, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var pages = container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix + below }, cancellationToken).AsPages().GetAsyncEnumerator(cancellationToken);
        while (await GuardAsync("Listing", async () => await pages.MoveNextAsync()))
        {
            foreach (var item in pages.Current.Values)
            {
                yield return new StoreEntry(item.Name[prefix.Length..], item.Properties.ContentLength ?? 0, item.Properties.LastModified ?? default);
            }
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
        => GuardAsync("Clearing", async () => (await container.DeleteBlobIfExistsAsync(prefix + key, cancellationToken: cancellationToken)).Value);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static BlobContainerClient Connect(PublishTarget target, string container, Func<string, string?> environment)
    {
        var options = new BlobClientOptions();
        options.Retry.MaxRetries = 1;
        var account = environment("AZURE_STORAGE_ACCOUNT");
        if (environment("AZURE_STORAGE_CONNECTION_STRING") is { Length: > 0 } connection && target.Endpoint is null)
        {
            return new BlobContainerClient(connection, container, options);
        }

        var service = target.Endpoint?.TrimEnd('/') ?? (account is null ? null : $"https://{account}.blob.core.windows.net");
        if (service is null)
        {
            throw new CodexportException(
                ErrorCode.InvalidUsage, $"Nothing says which account '{target.Target}' is in.",
                "Set AZURE_STORAGE_CONNECTION_STRING or AZURE_STORAGE_ACCOUNT in the environment, or 'endpoint' under [[publish]].", target.Target);
        }

        var address = new Uri($"{service}/{container}");
        return environment("AZURE_STORAGE_KEY") is { Length: > 0 } key && account is not null
            ? new BlobContainerClient(address, new StorageSharedKeyCredential(account, key), options)
            : environment("AZURE_STORAGE_SAS_TOKEN") is { Length: > 0 } token
                ? new BlobContainerClient(address, new AzureSasCredential(token.TrimStart('?')), options)
                : throw new CodexportException(
                    ErrorCode.StoreFailed, $"There are no credentials for '{target.Target}' in the environment.",
                    "Set AZURE_STORAGE_CONNECTION_STRING, or AZURE_STORAGE_ACCOUNT with AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN.", target.Target);
    }

    private async Task<bool> UploadAsync(
        string key, ReadOnlyMemory<byte> content, string caching, BlobRequestConditions? conditions, CancellationToken cancellationToken)
    {
        var options = new BlobUploadOptions
        {
            Conditions = conditions,
            HttpHeaders = new BlobHttpHeaders
            {
                CacheControl = caching,
                ContentType = key == "v1/head" ? "application/json" : "application/octet-stream",
            },
        };
        await container.GetBlobClient(prefix + key).UploadAsync(BinaryData.FromBytes(content), options, cancellationToken);
        return true;
    }

    private async Task<T> GuardAsync<T>(string doing, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (RequestFailedException error)
        {
            // Its message repeats header and body; the code and the status say as much.
            var said = new IOException($"the service answers {error.Status} {error.ErrorCode}".TrimEnd());
            throw StoreErrors.Failed(name, doing, said, error.Status is 0 or 429 or >= 500);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or AggregateException)
        {
            throw StoreErrors.Failed(name, doing, error, isPassing: true);
        }
    }
}
