using System.Globalization;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Codexport.Server;

/// <summary>
/// What each request passes, in this order: the count of running answers, the answer to failures, the peer's address, the rate, what the
/// protocol asks of every request, the route, TLS, the endpoint. Routing and the explanation of unknown paths and wrong methods are ASP.NET
/// Core's own; the rest is the protocol's.
/// </summary>
internal sealed class RequestPipeline
{
    private static readonly StringValues Version = ProtocolConstants.Version.ToString(CultureInfo.InvariantCulture);

    private readonly ServerServices _services;
    private readonly Action _look;
    private readonly FailureAnswers _failures;
    private int _running;

    /// <summary>Makes the pipeline.</summary>
    /// <param name="services">What the endpoints work with.</param>
    /// <param name="look">Looks whether something else is in service by now; called with every request.</param>
    public RequestPipeline(ServerServices services, Action look)
        => (_services, _look, _failures) = (services, look, new FailureAnswers(services.Log));

    /// <summary>How many answers are being made or sent.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Puts it together.</summary>
    public void Build(WebApplication application)
    {
        application.Use(CountAsync);
        application.Use(_failures.GuardAsync);
        application.Use(GreetAsync);
        application.Use(LimitRateAsync);
        application.Use(CheckAsync);
        application.UseStatusCodePages(ExplainAsync);
        application.UseRouting();
        application.Use(RequireTlsAsync);
        new Endpoints(_services).Map(application);
    }

    private async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private Task GreetAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers[ProtocolConstants.VersionHeader] = Version;
        var peer = context.Features.Get<Peer>()!;
        if (!_services.Settings.Allows(peer.Ip))
        {
            // Allowed when it connected, and not any more.
            _services.Log.Refused(peer, ErrorCode.PeerRefused);
            context.Abort();
            return Task.CompletedTask;
        }

        return next(context);
    }

    private Task LimitRateAsync(HttpContext context, RequestDelegate next)
    {
        var peer = context.Features.Get<Peer>()!;
        if (peer.TryRequest(_services.Limits, _services.Peers.Now))
        {
            return next(context);
        }

        _services.Log.Refused(peer, ErrorCode.LimitExceeded);
        context.Response.Headers.RetryAfter = "1";
        return Answers.Error(
            StatusCodes.Status429TooManyRequests, ErrorCode.LimitExceeded, "Too many requests come from this address.").ExecuteAsync(context);
    }

    private Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (request.Headers.TryGetValue(ProtocolConstants.VersionHeader, out var version) && version is not ["1"])
        {
            return OtherVersion(version).ExecuteAsync(context);
        }

        if (!request.IsHttps && request.Headers.Authorization.Count > 0)
        {
            return Answers.Error(
                StatusCodes.Status400BadRequest, ErrorCode.ProtocolViolation, "A credential came without TLS; have it revoked, and update the follower.").ExecuteAsync(context);
        }

        if (request.Headers.Expect.Count > 0 && request.Headers.Expect is not ["100-continue"])
        {
            return Answers.Error(
                StatusCodes.Status417ExpectationFailed, ErrorCode.ProtocolViolation, "The request expects what this master does not do.").ExecuteAsync(context);
        }

        _look();
        return next(context);
    }

    // By path rather than by endpoint, so that what was forgotten here is kept to TLS.
    private static Task RequireTlsAsync(HttpContext context, RequestDelegate next)
        => context.Request.IsHttps || context.Request.Path.Value is ProtocolConstants.HeadPath or ProtocolConstants.RotationsPath or ProtocolConstants.HealthPath
            ? next(context)
            : Answers.Error(
                context.GetEndpoint() is null ? StatusCodes.Status404NotFound : StatusCodes.Status403Forbidden,
                ErrorCode.ProtocolViolation,
                $"Without TLS there are only {ProtocolConstants.HeadPath}, {ProtocolConstants.RotationsPath} and {ProtocolConstants.HealthPath}; ask for everything else over TLS at the same port.")
                .ExecuteAsync(context);

    private static Task ExplainAsync(StatusCodeContext status)
    {
        var context = status.HttpContext;
        return context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Answers.Error(
                StatusCodes.Status404NotFound, ErrorCode.ProtocolViolation, "The protocol has no such path; docs/protocol.md lists them.").ExecuteAsync(context),
            StatusCodes.Status405MethodNotAllowed => Answers.Error(
                StatusCodes.Status405MethodNotAllowed, ErrorCode.ProtocolViolation, $"Here only {context.Response.Headers.Allow} is understood.").ExecuteAsync(context),
            _ => Task.CompletedTask,
        };
    }

    private static IResult OtherVersion(StringValues version)
    {
        if (version.Count != 1 || !int.TryParse(version[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
        {
            return Answers.Error(
                StatusCodes.Status400BadRequest, ErrorCode.ProtocolViolation, $"The header {ProtocolConstants.VersionHeader} holds no version.");
        }

        return Answers.Error(
            StatusCodes.Status400BadRequest,
            ErrorCode.ProtocolVersion,
            $"The follower speaks protocol version {number}, the master version {ProtocolConstants.Version}: update Codexport on the "
                + (number > ProtocolConstants.Version ? "master." : "follower."));
    }
}
