using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Microsoft.AspNetCore.Http;

namespace Codexport.Server;

/// <summary>Finds the follower behind a request, and notes what the request tells of it.</summary>
internal sealed class Authorizer(ServerServices services)
{
    private const string Scheme = "Bearer ";
    private const string AgentPrefix = "codexport/";

    /// <summary>The follower whose credential came with the request, whatever its state; null when none or an unknown one did.</summary>
    public FollowerInfo? Identify(HttpContext context)
    {
        var header = context.Request.Headers.Authorization;
        return header.Count == 1 && header[0] is { } value && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? services.Followers.Authenticate(value[Scheme.Length..].Trim())
            : null;
    }

    /// <summary>The follower when it may fetch; otherwise null, and the refusal.</summary>
    public (FollowerInfo? Follower, IResult? Refusal) Require(HttpContext context)
    {
        var peer = context.Features.Get<Peer>()!;
        var follower = Identify(context);
        if (follower is null)
        {
            services.Log.Refused(peer, ErrorCode.CredentialRefused);
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return (null, Answers.Error(
                StatusCodes.Status401Unauthorized, ErrorCode.CredentialRefused, "This needs the credential of a follower that this master knows."));
        }

        Note(context, follower);
        switch (follower.State)
        {
            case FollowerState.Approved:
                context.Features.Get<ConnectionStanding>()?.Prove();
                return (follower, null);
            case FollowerState.Pending:
                return (null, Answers.Error(
                    StatusCodes.Status403Forbidden, ErrorCode.ApprovalPending, $"The follower {follower.Id} waits for approval on the master."));
            default:
                services.Log.Refused(peer, ErrorCode.CredentialRefused);
                return (null, Answers.Error(
                    StatusCodes.Status403Forbidden, ErrorCode.CredentialRefused, $"The master revoked the follower {follower.Id}."));
        }
    }

    /// <summary>Notes what a request over TLS tells of the follower.</summary>
    public void Note(HttpContext context, FollowerInfo follower)
    {
        var headers = context.Request.Headers;
        var agent = headers.UserAgent.Count > 0 ? headers.UserAgent[0] : null;
        var sighting = new FollowerSighting(
            context.Features.Get<Peer>()!.Address,
            Single(headers, ProtocolConstants.PlatformHeader),
            agent?.StartsWith(AgentPrefix, StringComparison.Ordinal) == true ? agent[AgentPrefix.Length..].Split(' ')[0] : null,
            Single(headers, ProtocolConstants.AppliedHeader),
            Single(headers, ProtocolConstants.LastErrorHeader));
        var news = services.Followers.Note(follower.Id, sighting);
        if (news.Applied is { } revision)
        {
            services.Log.Tell(new FollowerApplied(services.Log.Now, follower.Id, follower.Name, revision));
        }

        if (news.Error is { } code)
        {
            services.Log.Tell(new FollowerFailed(services.Log.Now, follower.Id, follower.Name, code));
        }

        if (news.IsHealed)
        {
            services.Log.Tell(new FollowerHealed(services.Log.Now, follower.Id, follower.Name));
        }
    }

    private static string? Single(IHeaderDictionary headers, string name)
        => headers.TryGetValue(name, out var values) && values.Count == 1 ? values[0] : null;
}
