using System.Globalization;
using Codexport.Engine.Results;
using Spectre.Console;

namespace Codexport.Cli.Rendering.Rich;

/// <summary><c>status</c> on a terminal.</summary>
internal static class RichStatus
{
    /// <summary>Writes it.</summary>
    public static void Write(StatusResult status, TextWriter writer, Terminal terminal, DateTime now)
    {
        var console = RichConsole.Over(writer, terminal);
        var advice = StatusAdvice.For(status, now);
        console.MarkupLine(Head(status, StatusAdvice.IsWell(advice)));
        var grid = new Grid().AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(2, 0, 2, 0) }).AddColumn(new GridColumn { Padding = new Padding(0) });
        Line(grid, "Codex home", status.CodexFolder);
        Line(grid, "Master", status.Role == Role.Follower ? status.MasterUrl : null);
        Line(grid, "Key", status.Fingerprint);
        Line(grid, "Revision", status.Revision is { } revision ? $"{Text.Short(revision)}, {Text.Count(status.Files, "file")}" : null);
        Line(grid, "Rolled back to", status.RolledBackTo is { } earlier ? Text.Short(earlier) : null, "yellow");
        Line(grid, "Waiting", status.Waiting is { } waiting ? $"{Text.Count(waiting.Changes, "file")} since {Text.Time(waiting.Since)}. {waiting.Reason}" : null, "yellow");
        Line(grid, "Staged", status.StagedRevision is { } staged ? Text.Short(staged) : null, "yellow");
        Line(grid, "Last sync", status.Role == Role.Follower ? Text.Time(status.LastSync) : null);
        Line(grid, "Head expires", status.HeadExpires is { } expires ? Text.Time(expires) : null, status.HeadExpires < now ? "red" : null);
        Line(grid, "Followers", status.Followers?.ToString("N0", CultureInfo.InvariantCulture));
        Line(grid, "Last error", status.LastError is { } error ? $"{error}: {status.LastErrorMessage}" : null, "red");
        Line(grid, "Next quick sync", status.NextQuickSync is { } next ? $"not before {Text.Time(next)}" : null);
        Line(grid, "Apply", status.ApplyInterrupted ? "interrupted" : null, "yellow");
        console.Write(grid);
        List(console, "Changed locally", status.Drift);
        List(console, "Waiting for you", status.Conflicts);
        console.MarkupLine($"[bold]Next:[/] {RichConsole.Safe(advice)}");
    }

    private static string Head(StatusResult status, bool isWell) => status.Role switch
    {
        Role.Master => $"{Sign(isWell)} [bold]Master[/] on {RichConsole.Safe(status.MasterUrl)}",
        Role.Follower => $"{Sign(isWell)} [bold]Follower[/]",
        _ => "[grey]○[/] [bold]Neither master nor follower[/]",
    };

    private static string Sign(bool isWell) => isWell ? "[green]●[/]" : "[yellow]●[/]";

    private static void Line(Grid grid, string label, string? value, string? color = null)
    {
        if (value is not null)
        {
            grid.AddRow($"[grey]{label}[/]", color is null ? RichConsole.Safe(value) : $"[{color}]{RichConsole.Safe(value)}[/]");
        }
    }

    private static void List(IAnsiConsole console, string heading, IReadOnlyList<string> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        console.MarkupLine($"[yellow]{heading}[/]");
        foreach (var item in items)
        {
            console.MarkupLine($"  {RichConsole.Safe(item)}");
        }
    }
}
