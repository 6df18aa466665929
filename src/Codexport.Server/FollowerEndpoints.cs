using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Microsoft.AspNetCore.Http;

namespace Codexport.Server;

/// <summary>The body of <c>POST /v1/followers</c>.</summary>
internal sealed record JoinRequest(string? Invite, string? Name, string? Platform, string? Version, string? Machine, string? Key);

/// <summary>The body of <c>PUT /v1/followers/self</c>.</summary>
internal sealed record KeyRequest(string? Key);

/// <summary>Reads <see cref="JoinRequest"/> without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(KeyRequest))]
internal sealed partial class JoinRequestContext : JsonSerializerContext;

/// <summary>Joining and leaving.</summary>
internal sealed class FollowerEndpoints(ServerServices services, Authorizer authorizer)
{
    /// <summary><c>POST /v1/followers</c>.</summary>
    public async Task JoinAsync(HttpContext context, Peer peer)
    {
        var delay = services.Settings.Admission == Admission.Open ? 0 : peer.InviteDelay(services.Peers.Now);
        if (delay > 0)
        {
            context.Response.Headers.RetryAfter = ((delay + 999) / 1000).ToString(CultureInfo.InvariantCulture);
            await Answers.ErrorAsync(
                context, StatusCodes.Status429TooManyRequests, ErrorCode.InviteRefused, "Too many wrong invites came from this address; try again later.");
            return;
        }

        if (await ReadAsync(context, JoinRequestContext.Default.JoinRequest, "'invite', 'name', 'platform' and 'version'") is not { } request)
        {
            return;
        }

        if (Admit(request, peer, out var invite) is not { } state)
        {
            await RefuseAsync(context, peer);
            return;
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
            await RefuseAsync(context, peer);
            return;
        }

        services.Log.Tell(new FollowerJoined(services.Log.Now, follower.Id, follower.Name, follower.Address, Word(follower.State)));
        await Answers.SendJsonAsync(context, StatusCodes.Status201Created, Write(follower, credential, services.Followers.HasKey(follower.Id)));
    }

    /// <summary><c>PUT /v1/followers/self</c>: the follower's public key.</summary>
    public async Task TellKeyAsync(HttpContext context, Peer peer)
    {
        if (await authorizer.RequireAsync(context, peer) is not { } follower)
        {
            return;
        }

        if (await ReadAsync(context, JoinRequestContext.Default.KeyRequest, "'key'") is not { } request)
        {
            return;
        }

        if (!await services.Followers.SetKeyAsync(follower.Id, request.Key ?? string.Empty, context.RequestAborted))
        {
            await Answers.ErrorAsync(
                context, StatusCodes.Status400BadRequest, ErrorCode.ProtocolViolation, "The key must be a P-256 public key, as base64 of its SubjectPublicKeyInfo.");
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary><c>DELETE /v1/followers/self</c>.</summary>
    public async Task LeaveAsync(HttpContext context, Peer peer)
    {
        if (authorizer.Identify(context) is not { } follower)
        {
            await authorizer.RequireAsync(context, peer);
            return;
        }

        // Who was shut out stays in the book, so that the person sees it.
        if (follower.State != FollowerState.Revoked)
        {
            await services.Followers.RemoveAsync(follower.Id, context.RequestAborted);
            services.Log.Tell(new FollowerLeft(services.Log.Now, follower.Id, follower.Name));
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task RefuseAsync(HttpContext context, Peer peer)
    {
        services.Log.Refused(peer, ErrorCode.InviteRefused);
        await Answers.ErrorAsync(
            context, StatusCodes.Status403Forbidden, ErrorCode.InviteRefused,
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

    private static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, string members)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
                ?? throw new JsonException("The body is null.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            await Answers.ErrorAsync(
                context, StatusCodes.Status400BadRequest, ErrorCode.JsonInvalid, $"The body must be a JSON object with {members}.");
            return null;
        }
    }

    private static ReadOnlyMemory<byte> Write(FollowerInfo follower, string credential, bool hasKey)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("id"u8, follower.Id);
        json.WriteString("credential"u8, credential);
        json.WriteString("state"u8, Word(follower.State));
        json.WriteString("name"u8, follower.Name);
        if (hasKey)
        {
            json.WriteString("key"u8, "kept"u8);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static string Word(FollowerState state) => state == FollowerState.Approved ? "approved" : "pending";
}
