using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Codexport.Server;

/// <summary>Sends long bodies from a stream, a piece at a time, at the pace of whoever takes them.</summary>
internal static class FileBody
{
    // One TLS record: larger pieces only make every connection hold more.
    private const int PieceSize = 16 * 1024;

    /// <summary>Sends <paramref name="content"/>, or the end of it that a <c>Range: bytes=N-</c> asks for.</summary>
    /// <param name="context">The request.</param>
    /// <param name="content">Seekable where ranges are allowed.</param>
    /// <param name="contentType">Its type.</param>
    /// <param name="allowRange">Whether a range is looked at.</param>
    /// <returns>Bytes sent; negative when nothing was, because of the request.</returns>
    public static async Task<long> SendAsync(HttpContext context, Stream content, StringValues contentType, bool allowRange)
    {
        var response = context.Response;
        var length = content.Length;
        var start = allowRange ? ReadStart(context) : null;
        if (allowRange)
        {
            response.Headers.AcceptRanges = "bytes";
        }

        if (start >= length && length > 0)
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
            response.ContentLength = 0;
            return -1;
        }

        if (start is { } first && length > 0)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{length - 1}/{length}");
            content.Position = first;
            length -= first;
        }

        response.Headers.ContentType = contentType;
        response.ContentLength = length;
        if (Answers.IsHead(context))
        {
            return -1;
        }

        await CopyAsync(context, content, length);
        return length;
    }

    /// <summary>Whether the request asks for the end of something, from a byte on.</summary>
    public static bool AsksRange(HttpContext context) => ReadStart(context) is not null;

    private static async Task CopyAsync(HttpContext context, Stream content, long length)
    {
        var writer = context.Response.BodyWriter;
        var stop = context.RequestAborted;
        while (length > 0)
        {
            var memory = writer.GetMemory((int)Math.Min(length, PieceSize));
            var count = await content.ReadAsync(memory[..(int)Math.Min(length, Math.Min(memory.Length, PieceSize))], stop);
            if (count == 0)
            {
                throw new EndOfStreamException("A prepared body is shorter than it was.");
            }

            writer.Advance(count);
            length -= count;
            var flush = await writer.FlushAsync(stop);
            if (flush.IsCompleted || flush.IsCanceled)
            {
                throw new OperationCanceledException("The follower went away.");
            }
        }
    }

    /// <summary>Only the one form that a follower needs to resume; any other is answered with the whole, as HTTP allows.</summary>
    private static long? ReadStart(HttpContext context)
    {
        var range = context.Request.Headers.Range;
        if (range.Count != 1 || range[0] is not { } text || !text.StartsWith("bytes=", StringComparison.Ordinal) || !text.EndsWith('-'))
        {
            return null;
        }

        return long.TryParse(text.AsSpan(6, text.Length - 7), NumberStyles.None, CultureInfo.InvariantCulture, out var start) ? start : null;
    }
}
