using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Microsoft.AspNetCore.Http;

namespace Codexport.Server;

/// <summary>Makes the results that several endpoints and the pipeline answer with.</summary>
internal static class Answers
{
    /// <summary>A typed error.</summary>
    public static IResult Error(int status, ErrorCode code, string message)
        => Json(status, new ErrorAnswer(new ErrorWords(code.ToString(), message)), WireJson.Default.ErrorAnswer);

    /// <summary>JSON that must not be cached.</summary>
    public static IResult Json<T>(int status, T value, JsonTypeInfo<T> type) => new JsonAnswer<T>(status, value, type);
}

/// <summary>
/// A JSON body. In place of TypedResults.Json, which sends without a length: with one, a follower tells a body that broke off from a whole
/// one, and HEAD gives the length.
/// </summary>
internal sealed class JsonAnswer<T>(int status, T value, JsonTypeInfo<T> type) : IResult, IStatusCodeHttpResult
{
    /// <inheritdoc/>
    public int? StatusCode => status;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        if (response.HasStarted)
        {
            // Too late for words: breaking off is what tells the follower that the body is not whole.
            httpContext.Abort();
            return;
        }

        // What was meant for another body must not stand beside this one.
        response.Headers.ETag = default;
        response.Headers.ContentEncoding = default;
        response.Headers.ContentRange = default;
        response.Headers.CacheControl = "no-store";
        var body = JsonSerializer.SerializeToUtf8Bytes(value, type);
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
        }
    }
}
