using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Microsoft.AspNetCore.Http;

namespace Codexport.Server;

/// <summary>Joining and leaving.</summary>
internal sealed class FollowerEndpoints(ServerServices services, Authorizer authorizer)
{
    /// <summary><c>POST /v1/followers</c>.</summary>
    public async Task<IResult> JoinAsync(HttpContext context)
    {
        var peer = context.Features.Get<Peer>()!;
        var delay = services.Settings.Admission == Admission.Open ? 0 : peer.InviteDelay(services.Peers.Now);
        if (delay > 0)
        {
            context.Response.Headers.RetryAfter = ((delay + 999) / 1000).ToString(CultureInfo.InvariantCulture);
            return Answers.Error(
                StatusCodes.Status429TooManyRequests, ErrorCode.InviteRefused, "Too many wrong invites came from this address; try again later.");
        }

        if (await ReadAsync(context, WireJson.Default.JoinRequest) is not { } request)
        {
            return Answers.Error(
                StatusCodes.Status400BadRequest, ErrorCode.JsonInvalid, "The body must be a JSON object with 'invite', 'name', 'platform' and 'version'.");
        }

        if (Admit(request, peer, out var invite) is not { } state)
        {
            return Refuse(peer);
        }

        var introduction = new FollowerIntroduction(request.Name, request.Platform, request.Version, peer.Address)
        {
            ProvenId = authorizer.Identify(context)?.Id,
            Machine = request.Machine,
            PublicKey = request.Key,
            Invite = invite,
        };
        FollowerInfo follower;
        string credential;
        try
        {
            (follower, credential) = await services.Followers.RegisterAsync(introduction, state, context.RequestAborted);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.InviteRefused)
        {
            return Refuse(peer);
        }

        services.Log.Tell(new FollowerJoined(services.Log.Now, follower.Id, follower.Name, follower.Address, follower.State));
        var isApproved = follower.State == FollowerState.Approved;
        return Answers.Json(
            StatusCodes.Status201Created,
            new JoinAnswer(follower.Id, credential, isApproved ? JoinState.Approved : JoinState.Pending, follower.Name)
            {
                Key = services.Followers.HasKey(follower.Id) ? JoinAnswer.KeyKept : null,
            },
            WireJson.Default.JoinAnswer);
    }

    /// <summary><c>PUT /v1/followers/self</c>: the follower's public key.</summary>
    public async Task<IResult> TellKeyAsync(HttpContext context)
    {
        var (follower, refusal) = authorizer.Require(context);
        if (follower is null)
        {
            return refusal!;
        }

        return await ReadAsync(context, WireJson.Default.KeyRequest) is { Key: { } key } && await services.Followers.SetKeyAsync(follower.Id, key, context.RequestAborted)
            ? TypedResults.NoContent()
            : Answers.Error(
                StatusCodes.Status400BadRequest, ErrorCode.ProtocolViolation, "The key must be a P-256 public key, as base64 of its SubjectPublicKeyInfo.");
    }

    /// <summary><c>DELETE /v1/followers/self</c>.</summary>
    public async Task<IResult> LeaveAsync(HttpContext context)
    {
        if (authorizer.Identify(context) is not { } follower)
        {
            return authorizer.Require(context).Refusal!;
        }

        // Who was shut out stays in the book, so that the person sees it.
        if (follower.State != FollowerState.Revoked)
        {
            await services.Followers.RemoveAsync(follower.Id, context.RequestAborted);
            services.Log.Tell(new FollowerLeft(services.Log.Now, follower.Id, follower.Name));
        }

        return TypedResults.NoContent();
    }

    private IResult Refuse(Peer peer)
    {
        services.Log.Refused(peer, ErrorCode.InviteRefused);
        return Answers.Error(
            StatusCodes.Status403Forbidden, ErrorCode.InviteRefused,
            "The invite is missing, wrong, renewed, used up or expired, or this follower was shut out; ask for a new join link.");
    }

    private FollowerState? Admit(JoinRequest request, Peer peer, out InviteGrant? invite)
    {
        invite = null;
        var admission = services.Settings.Admission;
        if (admission == Admission.Open)
        {
            return FollowerState.Approved;
        }

        if (string.IsNullOrEmpty(request.Invite))
        {
            // With "approve" both are needed; with "invite" who has none may wait to be let in by hand.
            return admission == Admission.Invite ? FollowerState.Pending : null;
        }

        invite = services.Invites.Find(request.Invite);
        var isRight = invite is not null;
        peer.NoteInvite(isRight, services.Limits, services.Peers.Now);
        return !isRight ? null : admission == Admission.Approve ? FollowerState.Pending : FollowerState.Approved;
    }

    private static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
