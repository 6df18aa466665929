using System.Globalization;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Codexport.Server;

/// <summary>Takes requests apart: version, rate, path and method, then TLS and credential, then the endpoint.</summary>
internal sealed class RequestRouter
{
    private const string SelfPath = ProtocolConstants.FollowersPath + "/self";

    private static readonly StringValues HeadType = "application/json";
    private static readonly StringValues RotationsType = ProtocolConstants.RotationsContentType;
    private static readonly byte[] Alive = "{\"status\":\"ok\"}"u8.ToArray();

    private readonly ServerServices _services;
    private readonly Authorizer _authorizer;
    private readonly ContentEndpoints _contents;
    private readonly FollowerEndpoints _followers;
    private readonly Action _look;
    private int _running;

    /// <summary>Makes the router.</summary>
    /// <param name="services">What the endpoints work with.</param>
    /// <param name="look">Looks whether something else is in service by now; called with every request.</param>
    public RequestRouter(ServerServices services, Action look)
    {
        _services = services;
        _look = look;
        _authorizer = new Authorizer(services);
        _contents = new ContentEndpoints(services);
        _followers = new FollowerEndpoints(services, _authorizer);
    }

    /// <summary>How many answers are being made or sent.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Answers one request; never throws for what a peer or the disk does.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await AnswerAsync(context);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // Not even the refusal arrived.
            context.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context);
        }
        catch (Exception error) when (error is OperationCanceledException or ConnectionResetException or ConnectionAbortedException
            || context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (BadHttpRequestException error)
        {
            var code = error.StatusCode == StatusCodes.Status413PayloadTooLarge ? ErrorCode.LimitExceeded : ErrorCode.ProtocolViolation;
            await Answers.ErrorAsync(context, error.StatusCode, code, "The request could not be read: its body is too long, too slow or broken off.");
        }
        catch (CodexportException error)
        {
            // Of the master's own files only the kind is told; the person at the master sees the rest.
            _services.Log.Failed("Answering a request", error);
            var status = error.Code is ErrorCode.Busy or ErrorCode.LimitExceeded
                ? StatusCodes.Status503ServiceUnavailable
                : error.Code == ErrorCode.RevisionNotFound ? StatusCodes.Status404NotFound : StatusCodes.Status500InternalServerError;
            await Answers.ErrorAsync(context, status, error.Code, "The master cannot answer this now; its log says why.");
        }
        catch (IOException)
        {
            // The disk's own failures are ours by now: this is a request whose body is no body.
            await Answers.ErrorAsync(
                context, StatusCodes.Status400BadRequest, ErrorCode.ProtocolViolation, "The request could not be read: its body is malformed or broken off.");
        }
        catch (Exception error)
        {
            _services.Log.Failed("Answering a request", error);
            await Answers.ErrorAsync(
                context, StatusCodes.Status500InternalServerError, ErrorCode.InternalError, "The master failed; its log says more.");
        }
    }

    private Task RouteAsync(HttpContext context)
    {
        Answers.Stamp(context);
        var request = context.Request;
        var peer = context.Features.Get<Peer>()!;
        if (!_services.Settings.Allows(peer.Ip))
        {
            // Allowed when it connected, and not any more.
            _services.Log.Refused(peer, ErrorCode.PeerRefused);
            context.Abort();
            return Task.CompletedTask;
        }

        if (!peer.TryRequest(_services.Limits, _services.Peers.Now))
        {
            _services.Log.Refused(peer, ErrorCode.LimitExceeded);
            context.Response.Headers.RetryAfter = "1";
            return Answers.ErrorAsync(
                context, StatusCodes.Status429TooManyRequests, ErrorCode.LimitExceeded, "Too many requests come from this address.");
        }

        if (request.Headers.TryGetValue(ProtocolConstants.VersionHeader, out var version) && version is not ["1"])
        {
            return OtherVersionAsync(context, version);
        }

        if (!request.IsHttps && request.Headers.Authorization.Count > 0)
        {
            return Answers.ErrorAsync(
                context, StatusCodes.Status400BadRequest, ErrorCode.ProtocolViolation, "A credential came without TLS; have it revoked, and update the follower.");
        }

        if (request.Headers.Expect.Count > 0 && request.Headers.Expect is not ["100-continue"])
        {
            return Answers.ErrorAsync(
                context, StatusCodes.Status417ExpectationFailed, ErrorCode.ProtocolViolation, "The request expects what this master does not do.");
        }

        _look();
        var path = request.Path.Value ?? string.Empty;
        return path switch
        {
            ProtocolConstants.HeadPath => IsRead(request) ? HeadAsync(context, peer) : WrongMethodAsync(context, "GET, HEAD"),
            ProtocolConstants.RotationsPath => IsRead(request) ? RotationsAsync(context) : WrongMethodAsync(context, "GET, HEAD"),
            ProtocolConstants.HealthPath => IsRead(request)
                ? Answers.SendJsonAsync(context, StatusCodes.Status200OK, Alive)
                : WrongMethodAsync(context, "GET, HEAD"),
            _ => RouteSecuredAsync(context, peer, path),
        };
    }

    private Task RouteSecuredAsync(HttpContext context, Peer peer, string path)
    {
        var request = context.Request;
        var allowed = path switch
        {
            ProtocolConstants.FollowersPath => "POST",
            SelfPath => "DELETE, PUT",
            _ when IsBelow(path, ProtocolConstants.RevisionsPath) || IsBelow(path, ProtocolConstants.BundlePath) || IsBelow(path, ProtocolConstants.ObjectsPath) => "GET, HEAD",
            _ => null,
        };
        if (!request.IsHttps)
        {
            return Answers.ErrorAsync(
                context,
                allowed is null ? StatusCodes.Status404NotFound : StatusCodes.Status403Forbidden,
                ErrorCode.ProtocolViolation,
                $"Without TLS there are only {ProtocolConstants.HeadPath}, {ProtocolConstants.RotationsPath} and {ProtocolConstants.HealthPath}; ask for everything else over TLS at the same port.");
        }

        if (allowed is null)
        {
            return Answers.ErrorAsync(
                context, StatusCodes.Status404NotFound, ErrorCode.ProtocolViolation, "The protocol has no such path; docs/protocol.md lists them.");
        }

        if (allowed.StartsWith("GET", StringComparison.Ordinal) ? !IsRead(request) : !allowed.Split(", ").Contains(request.Method))
        {
            return WrongMethodAsync(context, allowed);
        }

        return path switch
        {
            ProtocolConstants.FollowersPath => _followers.JoinAsync(context, peer),
            SelfPath => HttpMethods.IsPut(request.Method) ? _followers.TellKeyAsync(context, peer) : _followers.LeaveAsync(context, peer),
            _ => FetchAsync(context, peer, path),
        };
    }

    private async Task FetchAsync(HttpContext context, Peer peer, string path)
    {
        if (await _authorizer.RequireAsync(context, peer) is not { } follower)
        {
            return;
        }

        await (IsBelow(path, ProtocolConstants.RevisionsPath) ? _contents.RevisionAsync(context, path[ProtocolConstants.RevisionsPath.Length..])
            : IsBelow(path, ProtocolConstants.BundlePath) ? _contents.BundleAsync(context, follower, path[ProtocolConstants.BundlePath.Length..])
            : _contents.ObjectAsync(context, path[ProtocolConstants.ObjectsPath.Length..]));
    }

    private Task HeadAsync(HttpContext context, Peer peer)
    {
        if (context.Request.IsHttps && _authorizer.Identify(context) is { } follower)
        {
            _authorizer.Note(context, follower, peer);
        }

        return _services.State.Head is not { } head
            ? Answers.ErrorAsync(context, StatusCodes.Status404NotFound, ErrorCode.RevisionNotFound, "The master has published nothing yet.")
            : Answers.IsUnchanged(context, head.ETag, isImmutable: false)
            ? Task.CompletedTask
            : Answers.SendAsync(context, head.Envelope, HeadType);
    }

    private Task RotationsAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache";
        return Answers.SendAsync(context, _services.State.Rotations, RotationsType);
    }

    private static Task OtherVersionAsync(HttpContext context, StringValues version)
    {
        if (version.Count != 1 || !int.TryParse(version[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
        {
            return Answers.ErrorAsync(
                context, StatusCodes.Status400BadRequest, ErrorCode.ProtocolViolation, $"The header {ProtocolConstants.VersionHeader} holds no version.");
        }

        return Answers.ErrorAsync(
            context,
            StatusCodes.Status400BadRequest,
            ErrorCode.ProtocolVersion,
            $"The follower speaks protocol version {number}, the master version {ProtocolConstants.Version}: update Codexport on the "
                + (number > ProtocolConstants.Version ? "master." : "follower."));
    }

    private static Task WrongMethodAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return Answers.ErrorAsync(
            context, StatusCodes.Status405MethodNotAllowed, ErrorCode.ProtocolViolation, $"Here only {allowed} is understood.");
    }

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static bool IsBelow(string path, string prefix) => path.StartsWith(prefix, StringComparison.Ordinal);
}
