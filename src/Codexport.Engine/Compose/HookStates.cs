using System.Globalization;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>
/// Edits <c>[hooks.state]</c> of the follower's <c>config.toml</c>: entries move with their handlers, and trust is added. Codex names an
/// entry by the file's path, and whether that path has links resolved depends on how Codex was started, so every spelling is served.
/// </summary>
internal sealed class HookStates(TomlDocument document, IReadOnlyList<string> sourceFiles)
{
    private static readonly TomlPath States = ["hooks", "state"];

    /// <summary>Gives every entry the position that its handler has now.</summary>
    /// <param name="moves">Where handlers went; null for those that went away.</param>
    /// <param name="occupied">All positions that have a handler now.</param>
    internal void Move(IReadOnlyDictionary<HookPosition, HookPosition?> moves, IReadOnlyCollection<HookPosition> occupied)
    {
        if (document.Find(States) is not TomlTable states)
        {
            return;
        }

        // An unknown event may have the name that keys give to a known one.
        var byPlace = new Dictionary<string, HookPosition?>(StringComparer.Ordinal);
        foreach (var (from, to) in moves.OrderBy(move => HooksShape.IsEvent(move.Key.Event) ? 0 : 1))
        {
            byPlace.TryAdd(Place(from), to);
        }

        var taken = occupied.Select(Place).ToHashSet(StringComparer.Ordinal);
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var key in states.Keys.ToList())
        {
            if (sourceFiles.FirstOrDefault(file => key.StartsWith(file + ":", StringComparison.Ordinal)) is not { } file)
            {
                continue;
            }

            var place = key[(file.Length + 1)..];
            if (!byPlace.TryGetValue(place, out var target) && !TryFindGroup(byPlace, place, out target))
            {
                // Of no handler that there was: it must not befall one that comes to stand there.
                if (taken.Contains(place))
                {
                    document.Remove(States.Append(key));
                }
            }
            else if (target is null)
            {
                document.Remove(States.Append(key));
            }
            else if (Place(target.Value) != place)
            {
                renamed[key] = $"{file}:{Place(target.Value)}";
            }
        }

        if (renamed.Count > 0)
        {
            document.MapKeys((path, key) => IsStateKey(path) ? renamed.GetValueOrDefault(key) : null);
        }
    }

    /// <summary>Writes trust for a handler; false when it was trusted so already.</summary>
    internal bool Trust(HookPosition position, string hash)
    {
        var isNew = false;
        foreach (var file in sourceFiles)
        {
            var entry = States.Append($"{file}:{Place(position)}");
            if (document.Find(entry.Append("trusted_hash"))?.AsString() != hash)
            {
                isNew = true;
                document.AddTable(entry);
                document.Set(entry.Append("trusted_hash"), hash);
            }
        }

        return isNew;
    }

    // A group that is not taken apart moves with all that Codex may see in it.
    private static bool TryFindGroup(Dictionary<string, HookPosition?> byPlace, string place, out HookPosition? target)
    {
        target = null;
        var end = place.LastIndexOf(':');
        if (end < 0 || !int.TryParse(place.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var handler)
            || !byPlace.TryGetValue($"{place[..end]}:{HookPosition.Whole}", out var group))
        {
            return false;
        }

        target = group is null ? null : group.Value with { Handler = handler };
        return true;
    }

    private static bool IsStateKey(TomlPath path) => path.StartsWith(States) && path.Count is 2 or 3;

    private static string Place(HookPosition position) => string.Create(
        CultureInfo.InvariantCulture, $"{HookTrust.SnakeCase(position.Event)}:{position.Group}:{position.Handler}");
}
