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
    public async Task<IResult> RevisionAsync(HttpContext context, FollowerInfo follower, string name)
    {
        if (Find(context, follower, name, out var refusal) is not { } asked)
        {
            return refusal!;
        }

        context.Response.Headers.Vary = "Accept-Encoding";
        var encoding = BodyEncodings.Choose(context.Request.Headers.AcceptEncoding);
        if (asked.From is { } from)
        {
            return Send(asked, await services.Bundles.GetDeltaAsync(from, asked.Revision, encoding, context.RequestAborted), "delta", ProtocolConstants.DeltaContentType);
        }

        if (await services.Bundles.TryGetDocumentAsync(asked.Revision, encoding, context.RequestAborted) is { } encoded)
        {
            return Send(asked, encoded, "document", ProtocolConstants.RevisionContentType);
        }

        return services.State.TryOpenDocument(asked.Revision) is { } document
            ? new FileAnswer(document, ProtocolConstants.RevisionContentType, Tag(asked, "document", BodyEncoding.Identity))
            : NotKept;
    }

    /// <summary><c>GET /v1/bundle/{revision}?base={revision}</c>.</summary>
    public async Task<IResult> BundleAsync(HttpContext context, FollowerInfo follower, string name)
    {
        if (Find(context, follower, name, out var refusal) is not { } asked)
        {
            return refusal!;
        }

        context.Response.Headers.Vary = "Accept-Encoding";
        var objects = BundleFactory.Difference(asked.From is { } from ? services.State.TryGetDocument(from) : null, asked.Document);

        // Places in a bundle are counted in its own bytes, so who resumes gets those.
        var encoding = FileAnswer.StartOf(context.Request) is null ? BodyEncodings.Choose(context.Request.Headers.AcceptEncoding) : BodyEncoding.Identity;
        var body = await services.Bundles.GetBundleAsync(
            asked.Revision, asked.From, objects, encoding, services.Bundles.Patience, context.RequestAborted);
        return Send(asked, body, "bundle", ProtocolConstants.BundleContentType, bytes => services.Log.Tell(
            new FollowerSynced(services.Log.Now, follower.Id, follower.Name, asked.Revision.ToString(), bytes)));
    }

    /// <summary><c>GET /v1/objects/{sha256}</c>.</summary>
    public IResult Object(FollowerInfo follower, string name)
    {
        if (!Sha256Hash.TryParse(name, out var hash))
        {
            return Malformed;
        }

        var (isNamed, isCredential) = services.State.FindContent(follower.Group ?? string.Empty, hash);
        return !isNamed || (isCredential && services.Settings.Admission == Admission.Open)
            ? Answers.Error(
                StatusCodes.Status404NotFound, ErrorCode.RevisionNotFound, "No revision that this master serves has this object.")
            : new FileAnswer(services.Contents.OpenRead(hash), "application/octet-stream", hash.ToString()) { AllowsRange = true };
    }

    private FileAnswer Send(Asked asked, PreparedBody body, string kind, string contentType, Action<long>? taken = null)
        => new(services.Prepared.Open(body.Name), contentType, Tag(asked, kind, body.Encoding))
        {
            Encoding = body.Encoding,
            AllowsRange = body.Encoding == BodyEncoding.Identity,
            Taken = taken,
        };

    private Asked? Find(HttpContext context, FollowerInfo follower, string name, out IResult? refusal)
    {
        var bases = context.Request.Query["base"];
        Sha256Hash from = default;
        refusal = null;
        if (!Sha256Hash.TryParse(name, out var revision) || bases.Count > 1 || (bases.Count == 1 && !Sha256Hash.TryParse(bases[0], out from)))
        {
            refusal = Malformed;
            return null;
        }

        // What is another group's is answered as what is not there: its followers' revisions are nobody else's business.
        var group = follower.Group ?? string.Empty;
        if (!services.State.MayRead(group, revision) || services.State.TryGetDocument(revision) is not { } document)
        {
            refusal = NotKept;
            return null;
        }

        if (services.Settings.Admission == Admission.Open && PublishedState.HasCredentials(document))
        {
            refusal = Answers.Error(
                StatusCodes.Status404NotFound,
                ErrorCode.RevisionNotFound,
                "This revision holds credential files, which a master with open admission never serves; 'codexport master rebuild --accept-deletions' on the master publishes one without.");
            return null;
        }

        // A base may be kept by what was read last, and its document cleared away by another process since: then it is unknown.
        return new Asked(revision, bases.Count == 1 && services.State.MayRead(group, from) && services.State.TryGetDocument(from) is not null ? from : null, document);
    }

    private static string Tag(Asked asked, string kind, BodyEncoding encoding)
        => $"{kind}-{asked.Revision}{(asked.From is null ? string.Empty : $"-{asked.From}")}{(encoding.Name() is { } word ? $"-{word}" : string.Empty)}";

    private static IResult Malformed => Answers.Error(
        StatusCodes.Status400BadRequest, ErrorCode.ProtocolViolation, "A revision or object is named by 64 lowercase hexadecimal digits.");

    private static IResult NotKept => Answers.Error(
        StatusCodes.Status404NotFound, ErrorCode.RevisionNotFound, "This master does not keep that revision (any more); ask for the head.");

    private sealed record Asked(Sha256Hash Revision, Sha256Hash? From, RevisionDocument Document);
}
