using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Microsoft.AspNetCore.Http;

namespace Codexport.Server;

/// <summary>Documents, bundles and single objects, for followers that may fetch.</summary>
internal sealed class ContentEndpoints(ServerServices services)
{
    /// <summary><c>GET /v1/revisions/{revision}?base={revision}</c>.</summary>
    public async Task RevisionAsync(HttpContext context, FollowerInfo follower, string name)
    {
        if (await FindAsync(context, follower, name) is not { } asked)
        {
            return;
        }

        context.Response.Headers.Vary = "Accept-Encoding";
        var encoding = BodyEncodings.Choose(context.Request.Headers.AcceptEncoding);
        if (asked.From is { } from)
        {
            var delta = await services.Bundles.GetDeltaAsync(from, asked.Revision, encoding, context.RequestAborted);
            await SendPreparedAsync(context, delta, Tag(asked, delta.Encoding, "delta"), ProtocolConstants.DeltaContentType);
            return;
        }

        if (await services.Bundles.TryGetDocumentAsync(asked.Revision, encoding, context.RequestAborted) is { } encoded)
        {
            await SendPreparedAsync(context, encoded, Tag(asked, encoded.Encoding, "document"), ProtocolConstants.RevisionContentType);
            return;
        }

        await using var document = services.State.TryOpenDocument(asked.Revision);
        if (document is null)
        {
            await NotKeptAsync(context);
            return;
        }

        if (!Answers.IsUnchanged(context, Tag(asked, BodyEncoding.Identity, "document"), isImmutable: true))
        {
            await FileBody.SendAsync(context, document, ProtocolConstants.RevisionContentType, allowRange: false);
        }
    }

    /// <summary><c>GET /v1/bundle/{revision}?base={revision}</c>.</summary>
    public async Task BundleAsync(HttpContext context, FollowerInfo follower, string name)
    {
        if (await FindAsync(context, follower, name) is not { } asked)
        {
            return;
        }

        context.Response.Headers.Vary = "Accept-Encoding";
        var objects = BundleFactory.Difference(asked.From is { } from ? services.State.TryGetDocument(from) : null, asked.Document);

        // Places in a bundle are counted in its own bytes, so who resumes gets those.
        var encoding = FileBody.AsksRange(context) ? BodyEncoding.Identity : BodyEncodings.Choose(context.Request.Headers.AcceptEncoding);
        var body = await services.Bundles.GetBundleAsync(
            asked.Revision, asked.From, objects, encoding, services.Bundles.Patience, context.RequestAborted);
        var sent = await SendPreparedAsync(context, body, Tag(asked, body.Encoding, "bundle"), ProtocolConstants.BundleContentType);
        if (sent >= 0)
        {
            services.Log.Tell(new FollowerSynced(services.Log.Now, follower.Id, follower.Name, asked.Revision.ToString(), sent));
        }
    }

    /// <summary><c>GET /v1/objects/{sha256}</c>.</summary>
    public async Task ObjectAsync(HttpContext context, FollowerInfo follower, string name)
    {
        if (!Sha256Hash.TryParse(name, out var hash))
        {
            await MalformedAsync(context);
            return;
        }

        var (isNamed, isCredential) = services.State.FindContent(follower.Group ?? string.Empty, hash);
        if (!isNamed || (isCredential && services.Settings.Admission == Admission.Open))
        {
            await Answers.ErrorAsync(
                context, StatusCodes.Status404NotFound, ErrorCode.RevisionNotFound, "No revision that this master serves has this object.");
            return;
        }

        if (Answers.IsUnchanged(context, $"\"{hash}\"", isImmutable: true))
        {
            return;
        }

        await using var content = services.Contents.OpenRead(hash);
        await FileBody.SendAsync(context, content, "application/octet-stream", allowRange: true);
    }

    private async Task<long> SendPreparedAsync(HttpContext context, PreparedBody body, string tag, string contentType)
    {
        if (Answers.IsUnchanged(context, tag, isImmutable: true))
        {
            return -1;
        }

        if (body.Encoding.Name() is { } encoding)
        {
            context.Response.Headers.ContentEncoding = encoding;
        }

        await using var content = services.Prepared.Open(body.Name);
        return await FileBody.SendAsync(context, content, contentType, allowRange: body.Encoding == BodyEncoding.Identity);
    }

    private async Task<Asked?> FindAsync(HttpContext context, FollowerInfo follower, string name)
    {
        var bases = context.Request.Query["base"];
        Sha256Hash from = default;
        if (!Sha256Hash.TryParse(name, out var revision) || bases.Count > 1 || (bases.Count == 1 && !Sha256Hash.TryParse(bases[0], out from)))
        {
            await MalformedAsync(context);
            return null;
        }

        // What is another group's is answered as what is not there: its followers' revisions are nobody else's business.
        var group = follower.Group ?? string.Empty;
        if (!services.State.MayRead(group, revision) || services.State.TryGetDocument(revision) is not { } document)
        {
            await NotKeptAsync(context);
            return null;
        }

        if (services.Settings.Admission == Admission.Open && PublishedState.HasCredentials(document))
        {
            await Answers.ErrorAsync(
                context,
                StatusCodes.Status404NotFound,
                ErrorCode.RevisionNotFound,
                "This revision holds credential files, which a master with open admission never serves; 'codexport master rebuild --accept-deletions' on the master publishes one without.");
            return null;
        }

        // A base may be kept by what was read last, and its document cleared away by another process since: then it is unknown.
        return new Asked(revision, bases.Count == 1 && services.State.MayRead(group, from) && services.State.TryGetDocument(from) is not null ? from : null, document);
    }

    private static string Tag(Asked asked, BodyEncoding encoding, string kind)
        => $"\"{kind}-{asked.Revision}{(asked.From is null ? string.Empty : $"-{asked.From}")}{(encoding.Name() is { } word ? $"-{word}" : string.Empty)}\"";

    private static Task MalformedAsync(HttpContext context) => Answers.ErrorAsync(
        context, StatusCodes.Status400BadRequest, ErrorCode.ProtocolViolation, "A revision or object is named by 64 lowercase hexadecimal digits.");

    private static Task NotKeptAsync(HttpContext context) => Answers.ErrorAsync(
        context, StatusCodes.Status404NotFound, ErrorCode.RevisionNotFound, "This master does not keep that revision (any more); ask for the head.");

    private sealed record Asked(Sha256Hash Revision, Sha256Hash? From, RevisionDocument Document);
}
