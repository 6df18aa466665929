using Codexport.Engine.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Codexport.Server;

/// <summary>
/// Answers what goes wrong behind it. In place of ASP.NET Core's exception handler, for which everything is a failure of the server: here a
/// body that breaks off is the peer's, the disk's trouble has a code of its own, and only failures of the master are told in its log.
/// </summary>
internal sealed class FailureAnswers(ServerLog log)
{
    /// <summary>Answers one request; never throws for what a peer or the disk does.</summary>
    public async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        IResult? answer;
        try
        {
            await next(context);
            return;
        }
        catch (Exception error)
        {
            answer = Find(error, context);
        }

        if (answer is null)
        {
            context.Abort();
            return;
        }

        try
        {
            await answer.ExecuteAsync(context);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // Not even the refusal arrived.
            context.Abort();
        }
    }

    private IResult? Find(Exception error, HttpContext context)
    {
        switch (error)
        {
            case OperationCanceledException or ConnectionResetException or ConnectionAbortedException:
            case not null when context.RequestAborted.IsCancellationRequested:
                return null;
            case BadHttpRequestException refused:
                var isTooLong = refused.StatusCode == StatusCodes.Status413PayloadTooLarge;
                return Answers.Error(
                    refused.StatusCode,
                    isTooLong ? ErrorCode.LimitExceeded : ErrorCode.ProtocolViolation,
                    "The request could not be read: its body is too long, too slow or broken off.");
            case CodexportException ours:
                // Of the master's own files only the kind is told; the person at the master sees the rest.
                log.Failed("Answering a request", ours);
                return Answers.Error(StatusOf(ours.Code), ours.Code, "The master cannot answer this now; its log says why.");
            case IOException:
                // The disk's own failures are ours by now: this is a request whose body is malformed.
                return Answers.Error(
                    StatusCodes.Status400BadRequest, ErrorCode.ProtocolViolation, "The request could not be read: its body is malformed or broken off.");
            default:
                log.Failed("Answering a request", error!);
                return Answers.Error(StatusCodes.Status500InternalServerError, ErrorCode.InternalError, "The master failed; its log says more.");
        }
    }

    private static int StatusOf(ErrorCode code) => code switch
    {
        ErrorCode.Busy or ErrorCode.LimitExceeded => StatusCodes.Status503ServiceUnavailable,
        ErrorCode.RevisionNotFound => StatusCodes.Status404NotFound,
        _ => StatusCodes.Status500InternalServerError,
    };
}
