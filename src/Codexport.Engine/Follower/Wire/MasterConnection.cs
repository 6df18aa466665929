using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.Wire;

/// <summary>The real connection: pinned TLS, connected when first needed and again when it was lost between two requests.</summary>
internal sealed class MasterConnection(ConnectionOptions options) : IMasterConnection
{
    private HttpChannel? _channel;
    private long _received;
    private Sha256Hash? _applied = options.Applied;
    private string? _lastError = options.LastError;
    private IReadOnlyList<MasterAddress> _masters = options.Masters;

    /// <inheritdoc/>
    public long BytesReceived => _received + (_channel?.BytesReceived ?? 0);

    /// <inheritdoc/>
    public byte[]? PublicKey { get; private set; }

    /// <inheritdoc/>
    public MasterAddress? Master => _channel is { IsUsable: true } channel ? channel.Master : null;

    /// <inheritdoc/>
    public void Prefer(MasterAddress master)
    {
        if (_masters.Count > 1 && _masters[0] != master)
        {
            _masters = [master, .. _masters.Where(other => other != master)];
        }
    }

    /// <inheritdoc/>
    public Task ReportAsync(Sha256Hash? applied, string? lastError, CancellationToken cancellationToken)
    {
        // The request tells all there is to tell; of the answer only the status counts, so none with a body is asked for.
        (_applied, _lastError) = (applied, lastError);
        return SendAsync("GET", ProtocolConstants.HeadPath, "If-None-Match: *\r\n", default, 304, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task TellKeyAsync(string publicKey, CancellationToken cancellationToken)
    {
        var (_, body) = await SendAsync(
            "PUT", ProtocolConstants.FollowersPath + "/self", string.Empty, RegistrationJson.WriteKey(publicKey), 204, cancellationToken);
        await body.ReadAllAsync(MasterErrors.MaxBodySize, "an answer", cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<byte[]> GetHeadAsync(CancellationToken cancellationToken)
    {
        var (head, body) = await SendAsync("GET", ProtocolConstants.HeadPath, string.Empty, default, 200, cancellationToken);
        if (head.ContentEncoding.Length > 0 && !head.ContentEncoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            throw MasterErrors.Violation(_channel!.Master, "it encodes what was asked for plain");
        }

        return await body.ReadAllAsync(HeadCodec.MaxEnvelopeSize, "a head", cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Registration> RegisterAsync(JoinRequest request, CancellationToken cancellationToken)
    {
        var (_, body) = await SendAsync("POST", ProtocolConstants.FollowersPath, string.Empty, RegistrationJson.Write(request), 201, cancellationToken);
        var answer = await body.ReadAllAsync(RegistrationJson.MaxSize, "the answer to a registration", cancellationToken);
        return RegistrationJson.Read(answer) ?? throw MasterErrors.Violation(_channel!.Master, "its answer to the registration is malformed");
    }

    /// <inheritdoc/>
    public async Task<RevisionAnswer> GetRevisionAsync(Sha256Hash revision, Sha256Hash? known, CancellationToken cancellationToken)
    {
        var (head, body) = await SendAsync(
            "GET", ProtocolConstants.RevisionsPath + revision + Base(known), "Accept-Encoding: br, gzip\r\n", default, 200, cancellationToken);
        var isDelta = Is(head, ProtocolConstants.DeltaContentType);
        if (!isDelta && !Is(head, ProtocolConstants.RevisionContentType))
        {
            throw MasterErrors.Violation(_channel!.Master, "what it sends is no revision document");
        }

        if (isDelta && known is null)
        {
            throw MasterErrors.Violation(_channel!.Master, "it sends a difference where a whole document was asked for");
        }

        body.Limit(options.Limits.MaxDocumentSize, "a revision document");
        await using var decoded = DecodedStream.Decode(body, head.ContentEncoding, _channel!.Master);
        return new RevisionAnswer(await ReadDocumentAsync(decoded, cancellationToken), isDelta);
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenBundleAsync(
        Sha256Hash revision, Sha256Hash? known, long size, long offset, CancellationToken cancellationToken)
    {
        var headers = offset == 0
            ? "Accept-Encoding: br, gzip\r\n"
            : string.Create(CultureInfo.InvariantCulture, $"Range: bytes={offset}-\r\n");
        var (head, body) = await SendAsync(
            "GET", ProtocolConstants.BundlePath + revision + Base(known), headers, default, offset == 0 ? 200 : 206, cancellationToken);
        var range = string.Create(CultureInfo.InvariantCulture, $"bytes {offset}-{size - 1}/{size}");
        if (offset > 0 && !string.Equals(head.ContentRange, range, StringComparison.Ordinal))
        {
            throw MasterErrors.Violation(_channel!.Master, "it sends another part of the bundle than was asked for");
        }

        return Content(head, body, size - offset);
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenObjectAsync(Sha256Hash hash, long size, CancellationToken cancellationToken)
    {
        var (head, body) = await SendAsync(
            "GET", ProtocolConstants.ObjectsPath + hash, "Accept-Encoding: br, gzip\r\n", default, 200, cancellationToken);
        return Content(head, body, size);
    }

    /// <inheritdoc/>
    public async Task UnregisterAsync(CancellationToken cancellationToken)
    {
        var (_, body) = await SendAsync("DELETE", ProtocolConstants.SelfPath, string.Empty, default, 204, cancellationToken);
        await body.ReadAllAsync(MasterErrors.MaxBodySize, "an answer", cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await DropAsync();

    private static string Base(Sha256Hash? known) => known is null ? string.Empty : "?base=" + known;

    private static bool Is(AnswerHead head, string contentType) => head.ContentType.Equals(contentType, StringComparison.OrdinalIgnoreCase);

    // Compression may cost a little on what is compressed already; beyond that a longer answer is no answer to the question.
    private Stream Content(AnswerHead head, BodyStream body, long size)
    {
        var isPlain = head.ContentEncoding.Length == 0;
        if (isPlain && head.ContentLength is { } length && length != size)
        {
            throw MasterErrors.Violation(
                _channel!.Master,
                string.Create(CultureInfo.InvariantCulture, $"it sends {length} bytes of contents where the revision document says {size}"));
        }

        body.Limit(isPlain ? size : size + (size / 8) + 4096, "the contents that were asked for");
        return DecodedStream.Decode(body, head.ContentEncoding, _channel!.Master);
    }

    private async Task<byte[]> ReadDocumentAsync(Stream decoded, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var buffer = new byte[32 * 1024];
        for (var count = await decoded.ReadAsync(buffer, cancellationToken); count > 0; count = await decoded.ReadAsync(buffer, cancellationToken))
        {
            all.Write(buffer, 0, count);
            if (all.Length > options.Limits.MaxDocumentSize)
            {
                throw MasterErrors.TooLong(_channel!.Master, "a revision document", options.Limits.MaxDocumentSize);
            }
        }

        return all.ToArray();
    }

    private async Task<(AnswerHead Head, BodyStream Body)> SendAsync(
        string method, string target, string headers, ReadOnlyMemory<byte> body, int success, CancellationToken cancellationToken)
    {
        var all = headers + OwnHeaders();
        var channel = await ConnectedAsync(cancellationToken);
        AnswerHead head;
        BodyStream answer;
        try
        {
            (head, answer) = await channel.SendAsync(method, target, all, body, cancellationToken);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.MasterUnreachable && channel.WasUsed && body.IsEmpty)
        {
            // A server may close a connection that rested between two requests; a fresh one tells whether it is really gone.
            await DropAsync();
            channel = await ConnectedAsync(cancellationToken);
            (head, answer) = await channel.SendAsync(method, target, all, body, cancellationToken);
        }

        options.WireTrace?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{channel.Master} answered {head.Status} to {method} {target}."));
        if (head.Status == success)
        {
            return (head, answer);
        }

        throw await RefusedAsync(channel, head, answer, cancellationToken);
    }

    private static async Task<CodexportException> RefusedAsync(
        HttpChannel channel, AnswerHead head, BodyStream answer, CancellationToken cancellationToken)
    {
        try
        {
            var text = head.ContentEncoding.Length == 0
                ? await answer.ReadAllAsync(MasterErrors.MaxBodySize, "an error", cancellationToken)
                : [];
            return MasterErrors.FromAnswer(channel.Master, head.Status, text);
        }
        catch (CodexportException)
        {
            // What an error says is a help and no more: its status alone decides.
            return MasterErrors.FromAnswer(channel.Master, head.Status, []);
        }
    }

    private async Task<HttpChannel> ConnectedAsync(CancellationToken cancellationToken)
    {
        if (_channel is { IsUsable: true })
        {
            return _channel;
        }

        await DropAsync();
        CodexportException? stranger = null;
        for (var index = 0; ; index++)
        {
            var master = _masters[index];
            try
            {
                var (stream, key) = await PinnedTls.ConnectAsync(master, options.Fingerprint, options.ConnectTimeout, options.Delegation, cancellationToken);
                PublicKey = key;
                return _channel = new HttpChannel(stream, master, options.IdleTimeout);
            }
            catch (CodexportException error) when (index + 1 < _masters.Count && MasterErrors.MayElsewhereHelp(error.Code))
            {
                // The next address may be within reach, or the master's own.
                stranger ??= error.Code == ErrorCode.FingerprintMismatch ? error : null;
            }
            catch (CodexportException error) when (stranger is not null && MasterErrors.MayElsewhereHelp(error.Code))
            {
                // That somebody else answers is what the person must hear of, rather than that the others are out of reach.
                ExceptionDispatchInfo.Throw(stranger);
            }
        }
    }

    private async Task DropAsync()
    {
        if (_channel is { } channel)
        {
            _received += channel.BytesReceived;
            _channel = null;
            await channel.DisposeAsync();
        }
    }

    private string OwnHeaders()
    {
        var headers = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{ProtocolConstants.PlatformHeader}: {ThisMachine.Platform}\r\n")
            .Append(CultureInfo.InvariantCulture, $"{ProtocolConstants.LastErrorHeader}: {_lastError ?? "none"}\r\n")
            .Append(CultureInfo.InvariantCulture, $"User-Agent: codexport/{ThisMachine.Version}\r\n");
        if (_applied is { } applied)
        {
            headers.Append(CultureInfo.InvariantCulture, $"{ProtocolConstants.AppliedHeader}: {applied}\r\n");
        }

        if (options.Credential is { } credential)
        {
            headers.Append(CultureInfo.InvariantCulture, $"Authorization: Bearer {credential}\r\n");
        }

        return headers.ToString();
    }
}
