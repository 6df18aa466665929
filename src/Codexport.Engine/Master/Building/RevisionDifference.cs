using Codexport.Engine.Protocol;

namespace Codexport.Engine.Master.Building;

/// <summary>What a build changes against what is published.</summary>
/// <param name="Added">Paths that are new.</param>
/// <param name="Changed">Paths whose content or mode differs.</param>
/// <param name="Removed">Paths that are gone.</param>
/// <param name="PublishedFiles">How many files are published.</param>
internal sealed record RevisionDifference(
    IReadOnlyList<string> Added, IReadOnlyList<string> Changed, IReadOnlyList<string> Removed, int PublishedFiles)
{
    /// <summary>Compares with a document; null when nothing is published.</summary>
    public static RevisionDifference Between(RevisionDocument? published, BuiltFile[] files)
    {
        var old = published?.Files.ToDictionary(file => file.Path, StringComparer.Ordinal) ?? [];
        var added = new List<string>();
        var changed = new List<string>();
        foreach (ref readonly var file in files.AsSpan())
        {
            if (!old.Remove(file.Path, out var before))
            {
                added.Add(file.Path);
            }
            else if (before.Hash != file.Hash || before.IsExecutable != file.IsExecutable)
            {
                changed.Add(file.Path);
            }
        }

        return new RevisionDifference(added, changed, [.. old.Keys.Order(StringComparer.Ordinal)], published?.Files.Count ?? 0);
    }
}
