using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Codexport.Server;

/// <summary>What every answer has in common.</summary>
internal static class Answers
{
    private static readonly StringValues Version = ProtocolConstants.Version.ToString(CultureInfo.InvariantCulture);
    private static readonly StringValues Json = "application/json";
    private static readonly StringValues NoStore = "no-store";
    private static readonly StringValues Immutable = "private, max-age=31536000, immutable";
    private static readonly StringValues NoCache = "no-cache";

    /// <summary>Puts the protocol version on an answer.</summary>
    public static void Stamp(HttpContext context) => context.Response.Headers[ProtocolConstants.VersionHeader] = Version;

    /// <summary>Whether the request wants the header alone.</summary>
    public static bool IsHead(HttpContext context) => HttpMethods.IsHead(context.Request.Method);

    /// <summary>Answers with a typed error.</summary>
    public static Task ErrorAsync(HttpContext context, int status, ErrorCode code, string message)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            // Too late for words: breaking off is what tells the follower that the body is not whole.
            context.Abort();
            return Task.CompletedTask;
        }

        response.Headers.ETag = default;
        response.Headers.ContentEncoding = default;
        response.Headers.ContentRange = default;
        response.Headers.CacheControl = NoStore;
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("error"u8);
            json.WriteString("code"u8, code.ToString());
            json.WriteString("message"u8, message);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return SendJsonAsync(context, status, buffer.WrittenMemory);
    }

    /// <summary>Answers with JSON that must not be cached.</summary>
    public static Task SendJsonAsync(HttpContext context, int status, ReadOnlyMemory<byte> json)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = NoStore;
        return SendAsync(context, json, Json);
    }

    /// <summary>Sends a short body.</summary>
    public static Task SendAsync(HttpContext context, ReadOnlyMemory<byte> body, StringValues contentType)
    {
        var response = context.Response;
        response.Headers.ContentType = contentType;
        response.ContentLength = body.Length;
        return IsHead(context) ? Task.CompletedTask : response.BodyWriter.WriteAsync(body, context.RequestAborted).GetAsTask();
    }

    /// <summary>Puts an entity tag on an answer that may change, and says whether the asker has it already (304 is then set).</summary>
    public static bool IsUnchanged(HttpContext context, string tag, bool isImmutable)
    {
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = isImmutable ? Immutable : NoCache;
        var known = context.Request.Headers.IfNoneMatch;
        if (known.Count == 0 || !Matches(known, tag))
        {
            return false;
        }

        context.Response.StatusCode = StatusCodes.Status304NotModified;
        return true;
    }

    private static bool Matches(StringValues known, string tag)
    {
        foreach (var line in known)
        {
            foreach (var range in (line ?? string.Empty).AsSpan().Split(','))
            {
                var item = line.AsSpan()[range].Trim();
                item = item.StartsWith("W/") ? item[2..] : item;
                if (item is "*" || item.SequenceEqual(tag))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static Task GetAsTask(this ValueTask<System.IO.Pipelines.FlushResult> flush)
        => flush.IsCompletedSuccessfully && !flush.Result.IsCanceled ? Task.CompletedTask : flush.AsTask();
}
