using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Operations;

/// <summary>The publications that a master keeps, as a person sees them.</summary>
internal sealed class BundleList(EngineContext context)
{
    /// <summary>Newest first.</summary>
    public IReadOnlyList<BundleInfo> Read()
    {
        using var identity = MasterIdentity.Load(context);
        var revisions = new PublishedRevisions(context);
        var inService = revisions.ReadHead(identity)?.Revision;
        var book = RingBook.Read(context);
        return
        [
            .. revisions.List().Reverse().Select(published => new BundleInfo(
                published.Revision.ToString(), published.Sequence, published.PublishedAt.LocalDateTime, published.Revision == inService)
            {
                Groups = published.Groups.ToDictionary(group => group.Key, group => group.Value.ToString(), StringComparer.Ordinal),
                Rings = [.. book.Places.Where(place => place.Sequence == published.Sequence && place.Name.Length > 0).Select(place => place.Name)],
            }),
        ];
    }
}
