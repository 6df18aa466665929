using System.Globalization;
using Codexport.Engine.Results;
using Spectre.Console;

namespace Codexport.Cli.Rendering.Rich;

/// <summary><c>master followers</c> on a terminal.</summary>
internal static class RichFollowers
{
    private const int Narrow = 76;
    private const int Wide = 100;

    /// <summary>Writes the list; the last column goes where it has no room.</summary>
    public static void Write(IReadOnlyList<FollowerInfo> followers, TextWriter writer, Terminal terminal)
    {
        var console = RichConsole.Over(writer, terminal);
        var isNarrow = console.Profile.Width < Narrow;
        var several = followers.GroupBy(follower => follower.Name).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet();
        var hasPlaces = console.Profile.Width >= Wide && followers.Any(follower => follower.Group is not null || follower.Ring is not null);
        var table = hasPlaces ? RichConsole.NewTable("", "NAME", "STATE", "GROUP", "RING", ">BEHIND", "LAST SEEN", "LAST ERROR") : isNarrow ? RichConsole.NewTable("", "NAME", ">BEHIND", "LAST SEEN") : RichConsole.NewTable("", "NAME", "STATE", ">BEHIND", "LAST SEEN", "LAST ERROR");
        foreach (var follower in followers)
        {
            var (sign, color, state) = StateOf(follower);
            var name = RichConsole.Safe(several.Contains(follower.Name) ? $"{follower.Name} ({follower.Id})" : follower.Name);
            var behind = follower.BehindMoreThan is { } more ? string.Create(CultureInfo.InvariantCulture, $"> {more}")
                : follower.Behind?.ToString(CultureInfo.InvariantCulture) ?? "-";
            string[] cells = isNarrow
                ? [$"[{color}]{sign}[/]", name, behind, Text.Time(follower.LastSeen)]
                : [$"[{color}]{sign}[/]", name, $"[{color}]{state}[/]", .. Places(follower, hasPlaces), behind, Text.Time(follower.LastSeen), follower.LastError is { } error ? $"[red]{RichConsole.Safe(error)}[/]" : "[grey]-[/]"];
            table.AddRow(cells);
        }

        console.Write(table);
        if (followers.FirstOrDefault(follower => follower.State == FollowerState.Pending) is { } waiting)
        {
            console.MarkupLine($"[bold]Let in who waits:[/] codexport master followers approve {RichConsole.Safe(waiting.Id)}");
        }
    }

    private static string[] Places(FollowerInfo follower, bool hasPlaces)
        => hasPlaces ? [RichConsole.Safe(follower.Group ?? "-"), RichConsole.Safe(follower.Ring ?? "-")] : [];

    private static (string Sign, string Color, string State) StateOf(FollowerInfo follower) => follower switch
    {
        { State: FollowerState.Pending } => ("?", "blue", "waiting"),
        { State: FollowerState.Revoked } => ("×", "grey", "revoked"),
        { LastError: not null } => ("!", "red", "error"),
        { Behind: 0 } => ("✓", "green", "up to date"),
        _ => ("↓", "yellow", "behind"),
    };
}
