using Codexport.Engine.Content;

namespace Codexport.Engine.Apply;

/// <summary>A kept backup.</summary>
/// <param name="Name">Sorts by time.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Label">What it was made for, such as the revision that was replaced.</param>
/// <param name="Files">Files whose originals it holds.</param>
/// <param name="Bytes">Their length in all.</param>
internal sealed record BackupInfo(string Name, DateTimeOffset CreatedAt, string Label, int Files, long Bytes);

/// <summary>What restoring a backup would do.</summary>
/// <param name="Plan">The steps, to be run as a transaction.</param>
/// <param name="Contents">The originals by their hash.</param>
/// <param name="LeftAlone">Relative paths that the backup saw made but that somebody changed since: they are not deleted.</param>
internal sealed record RestorePlan(ApplyPlan Plan, IContentStore Contents, IReadOnlyList<string> LeftAlone)
{
    /// <summary>Links that come back once the files are there: relative path and what is written in the link.</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();
}
