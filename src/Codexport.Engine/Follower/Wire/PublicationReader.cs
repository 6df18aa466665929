using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Native;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.Wire;

/// <summary>A head as a publication gave it.</summary>
/// <param name="Envelope">The bytes; null when it is the one of the tag that was named.</param>
/// <param name="Tag">The server's name for this state of it; null when it gave none.</param>
internal sealed record PublishedHead(byte[]? Envelope, string? Tag);

/// <summary>Reads what lies in a publication. Nothing that it brings is verified beyond the limits: that is the verifier's work.</summary>
internal interface IPublicationReader : IAsyncDisposable
{
    /// <summary>Where it reads.</summary>
    PublicationAddress Address { get; }

    /// <summary>Bytes received.</summary>
    long BytesReceived { get; }

    /// <summary>Reads the head, unless it still is that of a tag.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.MasterUnreachable"/> or <see cref="ErrorCode.MasterTimeout"/>.</exception>
    Task<PublishedHead> GetHeadAsync(string? tag, CancellationToken cancellationToken);

    /// <summary>Reads something else; null when it is not there.</summary>
    Task<byte[]?> TryReadAsync(string key, int limit, CancellationToken cancellationToken);
}

/// <summary>A publication in a folder.</summary>
internal sealed class FolderReader(IFileSystem files, PublicationAddress address) : IPublicationReader
{
    /// <inheritdoc/>
    public PublicationAddress Address => address;

    /// <inheritdoc/>
    public long BytesReceived { get; private set; }

    /// <inheritdoc/>
    public async Task<PublishedHead> GetHeadAsync(string? tag, CancellationToken cancellationToken)
        => await TryReadAsync("v1/head", HeadCodec.MaxEnvelopeSize, cancellationToken) is { } head
            ? new PublishedHead(head, null)
            : throw new CodexportException(
                ErrorCode.MasterUnreachable, $"There is no publication in the folder '{address}'.",
                "Check that the folder is there, that a share is connected, and that the master publishes to it.", address.Text);

    /// <inheritdoc/>
    public Task<byte[]?> TryReadAsync(string key, int limit, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            var content = AtomicFile.TryReadAllBytes(files, Path.Join(address.Folder, key.Replace('/', Path.DirectorySeparatorChar)), limit);
            BytesReceived += content?.Length ?? 0;
            return content;
        },
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>
/// A publication on a web server. TLS is checked as any public server's is, by the system's roots; what is trusted is the master's signature
/// alone. A proxy that the environment names is used; no redirect is followed.
/// </summary>
internal sealed class WebReader : IPublicationReader
{
    private readonly HttpClient _client;
    private readonly PublicationAddress _address;
    private readonly TimeSpan _idle;
    private long _received;

    public WebReader(PublicationAddress address, TimeSpan connect, TimeSpan idle)
    {
        if (address.IsTls)
        {
            SystemRoots.ReadAgain();
        }

        _address = address;
        _idle = idle;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = connect,
            MaxResponseHeadersLength = 32,
            UseCookies = false,

            // Plain HTTP goes to this machine alone.
            UseProxy = address.IsTls,
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("codexport", ThisMachine.Version));
    }

    /// <inheritdoc/>
    public PublicationAddress Address => _address;

    /// <inheritdoc/>
    public long BytesReceived => Interlocked.Read(ref _received);

    /// <inheritdoc/>
    public async Task<PublishedHead> GetHeadAsync(string? tag, CancellationToken cancellationToken)
    {
        var (status, content, newTag) = await SendAsync("v1/head", HeadCodec.MaxEnvelopeSize, tag, cancellationToken);
        return status == HttpStatusCode.NotModified && tag is not null ? new PublishedHead(null, tag)
            : content is not null ? new PublishedHead(content, newTag)
            : throw PublicationErrors.NoHead(_address);
    }

    /// <inheritdoc/>
    public async Task<byte[]?> TryReadAsync(string key, int limit, CancellationToken cancellationToken)
        => (await SendAsync(key, limit, null, cancellationToken)).Content;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<(HttpStatusCode Status, byte[]? Content, string? Tag)> SendAsync(
        string key, int limit, string? tag, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _address.UrlOf(key));
        if (tag is not null)
        {
            _ = request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(_idle);
        try
        {
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited.Token);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => (answer.StatusCode, await ReadAsync(answer.Content, limit, limited, cancellationToken), answer.Headers.ETag?.ToString()),
                HttpStatusCode.NotModified or HttpStatusCode.NotFound or HttpStatusCode.Gone => (answer.StatusCode, null, null),

                // What stores say of something that is not there, to those who may not list it.
                HttpStatusCode.Forbidden => (answer.StatusCode, null, null),
                _ => throw PublicationErrors.Status(_address, (int)answer.StatusCode),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw PublicationErrors.TooSlow(_address);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw PublicationErrors.Unreachable(_address, error);
        }
    }

    // The time allowed counts from the last bytes on, so that a large pack on a slow line is not cut off.
    private async Task<byte[]> ReadAsync(HttpContent content, int limit, CancellationTokenSource limited, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limit)
        {
            throw PublicationErrors.TooLong(_address, limit);
        }

        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var all = new MemoryStream((int)(content.Headers.ContentLength ?? 0));
        var buffer = new byte[64 * 1024];
        var patience = 0;
        for (var count = await stream.ReadAsync(buffer, limited.Token); count > 0; count = await stream.ReadAsync(buffer, limited.Token))
        {
            all.Write(buffer, 0, count);
            Interlocked.Add(ref _received, count);
            if (all.Length > limit)
            {
                throw PublicationErrors.TooLong(_address, limit);
            }

            if ((patience += count) >= Patience.MinimumBytes)
            {
                patience = 0;
                limited.CancelAfter(_idle);
            }
        }

        return content.Headers.ContentLength is { } length && all.Length != length
            ? throw PublicationErrors.Unreachable(_address, new IOException("The answer broke off."))
            : all.ToArray();
    }
}

/// <summary>What can go wrong between a follower and a publication.</summary>
internal static class PublicationErrors
{
    private const string Nothing = "Nothing was changed.";

    /// <summary>It cannot be reached.</summary>
    public static CodexportException Unreachable(PublicationAddress address, Exception cause) => new(
        ErrorCode.MasterUnreachable,
        $"The publication at {address} cannot be reached: {MasterErrors.Clean((cause.InnerException ?? cause).Message)}",
        "Check the address and the network; behind a proxy set HTTPS_PROXY.",
        address.Text,
        cause);

    /// <summary>It takes too long.</summary>
    public static CodexportException TooSlow(PublicationAddress address) => new(
        ErrorCode.MasterTimeout, $"The publication at {address} did not answer in time.",
        "Try again later; on a slow line raise 'connect' or 'idle' under [timeouts] in local.toml.", address.Text);

    /// <summary>There is no head.</summary>
    public static CodexportException NoHead(PublicationAddress address) => new(
        ErrorCode.MasterUnreachable, $"There is no publication at {address}: it has no head.", "Check the address; it ends before 'v1/head'.", address.Text);

    /// <summary>It answers with something else.</summary>
    public static CodexportException Status(PublicationAddress address, int status) => new(
        status >= 500 || status == 429 ? ErrorCode.MasterUnreachable : ErrorCode.ProtocolViolation,
        string.Create(CultureInfo.InvariantCulture, $"What answers at {address} gives the status {status}."),
        $"{Nothing} Check that the address is the publication's and that no sign-in page stands between.", address.Text);

    /// <summary>Something there is longer than it may be.</summary>
    public static CodexportException TooLong(PublicationAddress address, int limit) => new(
        ErrorCode.LimitExceeded, string.Create(CultureInfo.InvariantCulture, $"What the publication at {address} sends passes the limit of {limit} bytes."),
        $"{Nothing} Publish anew on the master; if it lasts, look who can write to that place.", address.Text);

    /// <summary>Something there is not what the master sealed.</summary>
    public static CodexportException NotSealed(PublicationAddress address, string what, Exception? cause = null) => new(
        ErrorCode.ContentMismatch, $"{what} in the publication at {address} is not what the master put there.",
        $"{Nothing} Sync again; if it lasts, publish anew on the master and look who can write to that place.", address.Text, cause);

    /// <summary>Something is missing that the head names.</summary>
    public static CodexportException Missing(PublicationAddress address, string what) => new(
        ErrorCode.RevisionNotFound, $"{what}, which the signed head names, is missing in the publication at {address}.",
        "Sync again; if it lasts, publish anew on the master ('codexport master publish').", address.Text);

    /// <summary>This follower cannot open it.</summary>
    public static CodexportException NoKey(PublicationAddress address, string why) => new(
        ErrorCode.PublicationUnreadable, $"This follower cannot open the publication at {address}: {why}.",
        "Sync once with the master itself; if this follower was revoked, ask for a new join link.", address.Text);
}
