using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Codexport.Server;

/// <summary>
/// Sends a file that never changes, a piece at a time, at the pace of whoever takes it. In place of TypedResults.Stream: what that copies
/// to the body's stream earns a follower time at the slowest pace that is allowed, and what fits into the sockets' buffers is 4 MB. One
/// that takes no more than these would be borne for an hour; here it is cut off after the grace that the limits name.
/// </summary>
/// <param name="content">Seekable where ranges are allowed; closed by this.</param>
/// <param name="contentType">Its type.</param>
/// <param name="tag">Names the content.</param>
internal sealed class FileAnswer(Stream content, string contentType, string tag) : IResult
{
    // One TLS record: larger pieces only make every connection hold more.
    private const int PieceSize = 16 * 1024;

    private readonly EntityTagHeaderValue _tag = new($"\"{tag}\"");

    /// <summary>How it is encoded.</summary>
    public BodyEncoding Encoding { get; init; }

    /// <summary>Whether the end of it may be asked for alone, by <c>Range: bytes=N-</c>.</summary>
    public bool AllowsRange { get; init; }

    /// <summary>Told how many bytes were sent, once they all were.</summary>
    public Action<long>? Taken { get; init; }

    /// <summary>The one form of a range that a follower needs to resume; any other is answered with the whole, as HTTP allows.</summary>
    public static long? StartOf(HttpRequest request)
        => request.Headers.Range.Count == 1 && request.GetTypedHeaders().Range is { Ranges: { Count: 1 } ranges } range
            && range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase) && ranges.First() is { From: { } start, To: null } ? start : null;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var closing = content;
        var (request, response) = (httpContext.Request, httpContext.Response);
        var headers = response.GetTypedHeaders();
        headers.ETag = _tag;
        response.Headers.CacheControl = "private, max-age=31536000, immutable";
        if (_tag.IsKnownTo(request))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.Headers.ContentEncoding = Encoding.Name();
        var length = Begin(request, response, headers);
        if (length is null || HttpMethods.IsHead(request.Method))
        {
            return;
        }

        await CopyAsync(httpContext, length.Value);
        Taken?.Invoke(length.Value);
    }

    /// <summary>Writes the header.</summary>
    /// <returns>How many bytes follow; null when what was asked for lies behind the end.</returns>
    private long? Begin(HttpRequest request, HttpResponse response, ResponseHeaders headers)
    {
        var length = content.Length;
        var start = AllowsRange && length > 0 ? StartOf(request) : null;
        if (AllowsRange)
        {
            response.Headers.AcceptRanges = "bytes";
        }

        if (start >= length)
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            headers.ContentRange = new ContentRangeHeaderValue(length);
            response.ContentLength = 0;
            return null;
        }

        if (start is { } first)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            headers.ContentRange = new ContentRangeHeaderValue(first, length - 1, length);
            content.Position = first;
            length -= first;
        }

        response.ContentType = contentType;
        response.ContentLength = length;
        return length;
    }

    private async Task CopyAsync(HttpContext context, long length)
    {
        var writer = context.Response.BodyWriter;
        var stop = context.RequestAborted;
        while (length > 0)
        {
            var memory = writer.GetMemory((int)Math.Min(length, PieceSize));
            var count = await content.ReadAsync(memory[..(int)Math.Min(length, Math.Min(memory.Length, PieceSize))], stop);
            if (count == 0)
            {
                throw new EndOfStreamException("A file that is being sent is shorter than it was.");
            }

            writer.Advance(count);
            length -= count;
            var flush = await writer.FlushAsync(stop);
            if (flush.IsCompleted || flush.IsCanceled)
            {
                throw new OperationCanceledException(string.Create(CultureInfo.InvariantCulture, $"The follower went away {length} bytes before the end."));
            }
        }
    }
}
