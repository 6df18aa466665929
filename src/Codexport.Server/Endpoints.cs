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
        MapContent(routes, ProtocolConstants.RevisionsPath, (context, _, name) => contents.RevisionAsync(context, name));
        MapContent(routes, ProtocolConstants.BundlePath, contents.BundleAsync);
        MapContent(routes, ProtocolConstants.ObjectsPath, (_, _, name) => Task.FromResult(contents.Object(name)));
    }

    private IResult Head(HttpContext context)
    {
        services.Metrics.CountHeadCheck(context.Request.IsHttps);
        if (context.Request.IsHttps && _authorizer.Identify(context) is { } follower)
        {
            _authorizer.Note(context, follower);
        }

        return services.State.Head is { } head
            ? head.Answer
            : Answers.Error(StatusCodes.Status404NotFound, ErrorCode.RevisionNotFound, "The master has published nothing yet.");
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
