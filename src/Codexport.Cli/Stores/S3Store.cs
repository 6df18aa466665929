using System.Net;
using System.Runtime.CompilerServices;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Codexport.Engine.Errors;
using Codexport.Engine.Publication;
using Codexport.Engine.Settings;

namespace Codexport.Cli.Stores;

/// <summary>
/// A bucket of S3, or of a service that speaks its protocol. Credentials come from the usual AWS chain: environment, shared profile, the
/// machine's role; never out of a file of Codexport.
/// </summary>
internal sealed class S3Store : IRevisionStore
{
    private readonly AmazonS3Client _client;
    private readonly string _bucket;
    private readonly string _prefix;

    private S3Store(PublishTarget target, AmazonS3Client client, string bucket, string prefix)
    {
        Name = target.Target;
        (_client, _bucket, _prefix) = (client, bucket, prefix);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Opens a bucket; nothing is asked yet.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/> or <see cref="ErrorCode.StoreFailed"/>.</exception>
    public static S3Store Open(PublishTarget target)
    {
        var (bucket, prefix) = ObjectStores.Split(target);
        var config = new AmazonS3Config
        {
            ForcePathStyle = target.PathStyle,

            // Ours are the tries that count: they are told and bounded.
            MaxErrorRetry = 1,

            // Services that only speak S3's protocol know no trailing checksums.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (target.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = target.Region ?? "us-east-1";
        }
        else if (target.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        try
        {
            return new S3Store(target, new AmazonS3Client(config), bucket, prefix);
        }
        catch (AmazonClientException error)
        {
            throw StoreErrors.Failed(target.Target, "Opening", error, isPassing: false);
        }
    }

    /// <inheritdoc/>
    public Task<StoredContent?> TryReadAsync(string key, int limit, CancellationToken cancellationToken) => GuardAsync<StoredContent?>("Reading from", async () =>
    {
        try
        {
            using var answer = await _client.GetObjectAsync(new GetObjectRequest { BucketName = _bucket, Key = _prefix + key }, cancellationToken);
            return new StoredContent(
                await StoreContent.ReadAsync(Name, answer.ResponseStream, answer.ContentLength, limit, cancellationToken), answer.ETag, Universal(answer.LastModified));
        }
        catch (AmazonS3Exception error) when (error.StatusCode == HttpStatusCode.NotFound && error.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
    });

    /// <inheritdoc/>
    public Task PutAsync(string key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => GuardAsync("Writing to", async () =>
    {
        await _client.PutObjectAsync(Request(key, content, "private, max-age=31536000, immutable"), cancellationToken);
        return true;
    });

    /// <inheritdoc/>
    public Task ReplaceAsync(string key, ReadOnlyMemory<byte> content, string? tag, CancellationToken cancellationToken) => GuardAsync("Writing to", async () =>
    {
        var request = Request(key, content, "no-cache");
        request.IfMatch = tag;
        request.IfNoneMatch = tag is null ? "*" : null;
        try
        {
            await _client.PutObjectAsync(request, cancellationToken);
        }
        catch (AmazonS3Exception error) when (error.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict)
        {
            throw StoreErrors.Conflict(Name);
        }

        return true;
    });

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreEntry> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = _bucket, Prefix = _prefix + prefix };
        while (true)
        {
            var page = await GuardAsync("Listing", () => _client.ListObjectsV2Async(request, cancellationToken));
            foreach (var item in page.S3Objects ?? [])
            {
                yield return new StoreEntry(item.Key[_prefix.Length..], item.Size ?? 0, Universal(item.LastModified));
            }

            if (page.IsTruncated != true)
            {
                yield break;
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) => GuardAsync("Clearing", async () =>
    {
        await _client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _bucket, Key = _prefix + key }, cancellationToken);
        return true;
    });

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static DateTimeOffset Universal(DateTime? time) => time is { } known ? new DateTimeOffset(known.ToUniversalTime()) : default;

    private PutObjectRequest Request(string key, ReadOnlyMemory<byte> content, string caching)
    {
        var request = new PutObjectRequest
        {
            BucketName = _bucket,
            Key = _prefix + key,
            InputStream = new MemoryStream(content.ToArray(), writable: false),
            ContentType = key == "v1/head" ? "application/json" : "application/octet-stream",

            // One signed body rather than signed chunks, which some services do not take.
            UseChunkEncoding = false,
        };
        request.Headers.CacheControl = caching;
        return request;
    }

    private async Task<T> GuardAsync<T>(string doing, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (AmazonServiceException error)
        {
            throw StoreErrors.Failed(Name, doing, error, error.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or 0);
        }
        catch (AmazonClientException error)
        {
            throw StoreErrors.Failed(Name, doing, error, isPassing: false);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw StoreErrors.Failed(Name, doing, error, isPassing: true);
        }
    }
}
