using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Protocol;

namespace Codexport.Tests.Master;

internal static class PublishingExtensions
{
    /// <summary>Publishes a document and drops what is no longer kept at once.</summary>
    public static async Task<Head> PublishAsync(
        this PublishedRevisions revisions, RevisionDocument document, MasterIdentity identity, CancellationToken cancellationToken)
    {
        revisions.Publish(document, identity);
        await revisions.TidyAsync(identity, cancellationToken);
        return revisions.ReadHead(identity)!;
    }
}
