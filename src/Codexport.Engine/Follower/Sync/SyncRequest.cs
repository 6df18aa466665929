using Codexport.Engine.Content;
using Codexport.Engine.Follower.Wire;

namespace Codexport.Engine.Follower.Sync;

/// <summary>What a sync is asked to do.</summary>
/// <param name="Apply">Whether to apply, or only to stage.</param>
/// <param name="Adopt">Whether files that are there and differ may be replaced at the first apply.</param>
internal sealed record SyncRequest(bool Apply, bool Adopt = false)
{
    /// <summary>Whether nobody watches: what the person rolled back from is not applied again.</summary>
    public bool IsUnattended { get; init; }

    /// <summary>A head that was asked for over plain HTTP right before; null to ask for it.</summary>
    public HeadAnswer? Head { get; init; }

    /// <summary>Time for asking for the head; null for the timeouts of the settings.</summary>
    public TimeSpan? HeadBudget { get; init; }

    /// <summary>The revision that is not applied by itself any more once this is done, because the person goes back behind it; null for none.</summary>
    public Sha256Hash? HoldBack { get; init; }

    /// <summary>Whether an apply of so many files and bytes may begin now; null when there is no deadline.</summary>
    public Func<int, long, bool>? MayApply { get; init; }
}
