using Codexport.Engine.Content;
using Codexport.Engine.Protocol;

namespace Codexport.Server;

/// <summary>Tells when a ring before the last gets another revision.</summary>
internal sealed class RingAnnouncer(ServerServices services)
{
    private Dictionary<string, Sha256Hash> _known = new(StringComparer.Ordinal);

    /// <summary>Tells what is new.</summary>
    /// <param name="isFirst">Whether it is what the server starts with, which is no news.</param>
    /// <returns>The revisions that followers will ask for.</returns>
    public List<Sha256Hash> Announce(bool isFirst)
    {
        var before = _known;
        _known = services.State.Rings.Values.Where(head => head.Group.Length == 0)
            .ToDictionary(head => head.Ring, head => head.Served.Head.Revision, StringComparer.Ordinal);
        var changed = isFirst ? [] : _known.Where(ring => !before.TryGetValue(ring.Key, out var revision) || revision != ring.Value).ToList();
        foreach (var (ring, revision) in changed)
        {
            services.Log.Tell(new RingPublished(services.Log.Now, ring, revision.ToString()));
        }

        return [.. changed.Select(ring => ring.Value)];
    }
}
