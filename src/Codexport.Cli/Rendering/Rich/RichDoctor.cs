using Codexport.Engine.Results;
using Spectre.Console;

namespace Codexport.Cli.Rendering.Rich;

/// <summary><c>doctor</c> on a terminal.</summary>
internal static class RichDoctor
{
    /// <summary>Writes it; what is well stands on one line each, what is not with what helps below.</summary>
    public static void Write(DiagnosticReport report, TextWriter writer, Terminal terminal)
    {
        var console = RichConsole.Over(writer, terminal);
        var grid = new Grid().AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, 1, 0) })
            .AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(0, 0, 2, 0) }).AddColumn(new GridColumn { Padding = new Padding(0) });
        foreach (var finding in report.Findings)
        {
            var (sign, color) = SignOf(finding.Level);
            grid.AddRow($"[{color}]{sign}[/]", $"[bold]{RichConsole.Safe(finding.Name)}[/]", RichConsole.Safe(finding.Message));
            if (finding.Remedy is { } remedy)
            {
                grid.AddRow(string.Empty, string.Empty, $"[{color}]→[/] {RichConsole.Safe(remedy)}");
            }
        }

        console.Write(grid);
        var (errors, warnings) = (Count(DiagnosticLevel.Error), Count(DiagnosticLevel.Warning));
        console.MarkupLine(errors + warnings == 0 ? "[green]All is well.[/]" : $"[bold]{Text.Count(errors, "error")}, {Text.Count(warnings, "warning")}.[/]");

        int Count(DiagnosticLevel level) => report.Findings.Count(finding => finding.Level == level);
    }

    private static (string Sign, string Color) SignOf(DiagnosticLevel level) => level switch
    {
        DiagnosticLevel.Ok => ("✓", "green"),
        DiagnosticLevel.Info => ("i", "blue"),
        DiagnosticLevel.Skipped => ("-", "grey"),
        DiagnosticLevel.Warning => ("!", "yellow"),
        _ => ("✗", "red"),
    };
}
