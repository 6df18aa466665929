using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Codexport.Server;

/// <summary>The paths of the protocol and what answers them.</summary>
internal sealed class Endpoints(ServerServices services)
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];
    private static readonly HealthAnswer Alive = new("ok");

    private readonly Authorizer _authorizer = new(services);

    /// <summary>Adds them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        var contents = new ContentEndpoints(services);
        var followers = new FollowerEndpoints(services, _authorizer);
        Map(routes, ProtocolConstants.HeadPath, Read, Head);
        Map(routes, ProtocolConstants.RotationsPath, Read, Rotations);
        Map(routes, ProtocolConstants.HealthPath, Read, _ => Answers.Json(StatusCodes.Status200OK, Alive, WireJson.Default.HealthAnswer));
        Map(routes, ProtocolConstants.FollowersPath, [HttpMethods.Post], followers.JoinAsync);
        Map(routes, ProtocolConstants.SelfPath, [HttpMethods.Delete], followers.LeaveAsync);
        Map(routes, ProtocolConstants.SelfPath, [HttpMethods.Put], followers.TellKeyAsync);
        MapContent(routes, ProtocolConstants.RevisionsPath, contents.RevisionAsync);
        MapContent(routes, ProtocolConstants.BundlePath, contents.BundleAsync);
        MapContent(routes, ProtocolConstants.ObjectsPath, (_, follower, name) => Task.FromResult(contents.Object(follower, name)));
    }

    private IResult Head(HttpContext context)
    {
        services.Metrics.CountHeadCheck(context.Request.IsHttps);
        var follower = context.Request.IsHttps ? _authorizer.Identify(context) : null;
        if (follower is not null)
        {
            _authorizer.Note(context, follower);
        }

        return HeadFor(context, follower) is { } head
            ? head.Answer
            : Answers.Error(StatusCodes.Status404NotFound, ErrorCode.RevisionNotFound, "The master has published nothing yet.");
    }

    // A credential says which ring and group it is; who asks without one may name what heads call their ring.
    private ServedHead? HeadFor(HttpContext context, FollowerInfo? follower)
    {
        var state = services.State;
        if (state.Rings.Count == 0)
        {
            return state.Head;
        }

        if (follower is not null)
        {
            var rollout = services.Settings.Rollout;
            var ring = rollout.RingOf(follower.Ring);
            return state.HeadFor(ring == rollout.Effective[^1] ? string.Empty : ring, follower.Group ?? string.Empty);
        }

        var asked = context.Request.Query["ring"];
        return asked is [{ } id] && state.Rings.TryGetValue(id, out var named) ? named.Served : state.Head;
    }

    private IResult Rotations(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(services.State.Rotations, ProtocolConstants.RotationsContentType);
    }

    /// <summary>Adds something that only followers may fetch, and that the last part of its path names.</summary>
    private void MapContent(IEndpointRouteBuilder routes, string prefix, Func<HttpContext, FollowerInfo, string, Task<IResult>> answer)
        => Map(routes, prefix + "{name}", Read, async context =>
        {
            var (follower, refusal) = _authorizer.Require(context);
            return follower is null ? refusal! : await answer(context, follower, (string)context.Request.RouteValues["name"]!);
        });

    private static void Map(IEndpointRouteBuilder routes, string path, string[] methods, Func<HttpContext, IResult> answer)
        => routes.MapMethods(path, methods, context => answer(context).ExecuteAsync(context));

    private static void Map(IEndpointRouteBuilder routes, string path, string[] methods, Func<HttpContext, Task<IResult>> answer)
        => routes.MapMethods(path, methods, async context => await (await answer(context)).ExecuteAsync(context));
}
