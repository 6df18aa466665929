using Codexport.Engine.Codex;
using Codexport.Engine.Results;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// From when on what was applied counts. Measured: a session reads instructions and skills at each turn; hooks, MCP servers and plugins at its
/// start, and again when it is told to; all else at its start alone.
/// </summary>
internal static class InForce
{
    private static readonly (SetupCategory Category, string Name)[] EachTurn =
        [(SetupCategory.Instructions, "instructions"), (SetupCategory.Skills, "skills")];

    private static readonly (SetupCategory Category, string Name)[] WhenTold =
        [(SetupCategory.Hooks, "hooks"), (SetupCategory.Mcp, "MCP servers"), (SetupCategory.Plugins, "plugins")];

    /// <summary>Whether open sessions can take it in when they are told.</summary>
    public static bool IsForOpenSessions(IReadOnlyList<ChangeInfo> changes) => WhenTold.Any(part => Parts(changes).Contains(part.Category));

    /// <summary>The sentence for the person; null when nothing changed that Codex reads.</summary>
    /// <param name="changes">What was applied.</param>
    /// <param name="areSessionsTold">Whether open sessions were told.</param>
    public static string? Describe(IReadOnlyList<ChangeInfo> changes, bool areSessionsTold)
    {
        var parts = Parts(changes);
        var turn = Names(EachTurn, parts);
        var told = areSessionsTold ? Names(WhenTold, parts) : [];
        var hasRest = parts.Any(part => EachTurn.All(other => other.Category != part) && (!areSessionsTold || WhenTold.All(other => other.Category != part)));
        var groups = new List<string>();
        Add(groups, turn, "from the next turn on", isAlone: told.Count == 0 && !hasRest);
        Add(groups, told, "from the next prompt on in terminal sessions that are open, elsewhere from the next session on", isAlone: turn.Count == 0 && !hasRest);
        if (hasRest)
        {
            groups.Add(groups.Count == 0 ? "it counts from the next session on" : "the rest from the next session on");
        }

        var text = string.Join("; ", groups);
        return text.Length == 0 ? null : char.ToUpperInvariant(text[0]) + text[1..] + ".";
    }

    private static void Add(List<string> groups, List<string> names, string when, bool isAlone)
    {
        if (names.Count > 0)
        {
            groups.Add(isAlone ? $"it counts {when}" : groups.Count == 0 ? $"{List(names)} count {when}" : $"{List(names)} {when}");
        }
    }

    private static string List(List<string> names)
        => names.Count == 1 ? names[0] : $"{string.Join(", ", names[..^1])} and {names[^1]}";

    private static List<string> Names((SetupCategory Category, string Name)[] group, HashSet<SetupCategory> parts)
        => [.. group.Where(part => parts.Contains(part.Category)).Select(part => part.Name)];

    private static HashSet<SetupCategory> Parts(IReadOnlyList<ChangeInfo> changes)
    {
        var made = changes.Where(change => change.Action != ChangeAction.Keep).ToList();
        var parts = made.Where(change => !IsFormAlone(change)).Select(Part).ToHashSet();
        return parts.Count > 0 || made.Count == 0 ? parts : [SetupCategory.Config];
    }

    // Comments, order, and the trust of hooks that are told of themselves.
    private static bool IsFormAlone(ChangeInfo change)
        => change is { Key: null, Action: ChangeAction.Update } && CodexLayout.KindOf(change.Path).IsConfiguration();

    private static SetupCategory Part(ChangeInfo change)
        => CodexLayout.KindOf(change.Path).IsConfiguration() && change.Key is { } key
            ? CodexCategories.OfKey(key)
            : CodexCategories.OfFile(change.Path) ?? SetupCategory.Config;
}
