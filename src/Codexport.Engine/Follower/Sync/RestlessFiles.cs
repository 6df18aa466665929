using Codexport.Engine.Apply;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// The files that another program keeps writing to while a revision is applied. After a few tries such a file waits and the rest is applied
/// without it, so that one busy writer does not keep a machine from everything else.
/// </summary>
internal sealed class RestlessFiles
{
    private const int TriesEach = 3;
    private const int TriesOfAll = 12;

    private readonly Dictionary<string, int> _overtaken = new(StringComparer.Ordinal);
    private int _tries;

    /// <summary>What waits.</summary>
    public IReadOnlyList<string> Waiting => [.. _overtaken.Where(pair => pair.Value >= TriesEach).Select(pair => pair.Key).Order(StringComparer.Ordinal)];

    /// <summary>How long to leave it alone before the next try: 20 ms, then twice as long each time.</summary>
    public TimeSpan Pause => TimeSpan.FromMilliseconds(20 << Math.Min(_tries, 5));

    /// <summary>Notes that a file was written to; false when enough was tried.</summary>
    public bool Note(CodexportException error)
    {
        if (error.Target is not { } path || ++_tries > TriesOfAll)
        {
            return false;
        }

        _overtaken[path] = _overtaken.GetValueOrDefault(path) + 1;
        return true;
    }

    /// <summary>
    /// A plan without what waits, and without what depends on it: while a file that refers to others stays as it was, nothing that it may
    /// refer to is deleted. Null when nothing is left.
    /// </summary>
    /// <param name="plan">The whole plan.</param>
    /// <param name="applied">What was applied before: for what waits, it still counts.</param>
    public ApplyPlan? Without(ApplyPlan plan, AppliedState? applied)
    {
        var waiting = Waiting.ToHashSet(StringComparer.Ordinal);
        var refersToOthers = plan.Changes.Any(change => waiting.Contains(change.Path) && change.Phase is ApplyPhase.Configuration or ApplyPhase.Hooks);
        var left = plan.Changes.Where(change => waiting.Contains(change.Path) || (refersToOthers && change.After.Hash is null))
            .Select(change => change.Path).ToHashSet(StringComparer.Ordinal);
        var changes = plan.Changes.Where(change => !left.Contains(change.Path)).ToList();
        if (changes.Count == 0 || plan.AppliedState is not { } state)
        {
            return null;
        }

        return plan with { Changes = changes, AppliedState = AppliedStateCodec.Write(Without(AppliedStateCodec.Read(state.Span, plan.AppliedStateFile), applied, left)) };
    }

    private static AppliedState Without(AppliedState state, AppliedState? applied, HashSet<string> left)
    {
        var texts = state.GeneratedTexts.Where(pair => !left.Contains(pair.Key))
            .Concat(applied?.GeneratedTexts.Where(pair => left.Contains(pair.Key)) ?? []);
        var files = state.Files.Where(file => !left.Contains(file.Path)).Concat(applied?.Files.Where(file => left.Contains(file.Path)) ?? []);
        return state with
        {
            Files = [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)],
            GeneratedTexts = texts.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal),
            Waiting = [.. left.Order(StringComparer.Ordinal)],
        };
    }
}
