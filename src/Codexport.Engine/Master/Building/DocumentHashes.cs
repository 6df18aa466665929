using System.Text;
using Codexport.Engine.Content;

namespace Codexport.Engine.Master.Building;

/// <summary>Finds the hashes in canonical documents that this master wrote itself, without building their trees.</summary>
internal static class DocumentHashes
{
    /// <summary>Adds every content that a document names.</summary>
    public static void AddTo(HashSet<Sha256Hash> hashes, ReadOnlySpan<byte> canonical)
    {
        // Inside a string a quotation mark is escaped, so these bytes stand nowhere else.
        var marker = "\"sha256\":\""u8;
        while (canonical.IndexOf(marker) is >= 0 and var index)
        {
            canonical = canonical[(index + marker.Length)..];
            if (canonical.Length >= 2 * Sha256Hash.Size
                && Sha256Hash.TryParse(Encoding.ASCII.GetString(canonical[..(2 * Sha256Hash.Size)]), out var hash))
            {
                hashes.Add(hash);
            }
        }
    }
}
