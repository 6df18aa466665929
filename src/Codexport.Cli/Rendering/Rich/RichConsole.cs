using Spectre.Console;

namespace Codexport.Cli.Rendering.Rich;

/// <summary>
/// Spectre.Console over one of our own writers. Only what is written to a terminal comes here: the plain forms, and the syncs of hooks above
/// all, never load it.
/// </summary>
internal static class RichConsole
{
    /// <summary>A console for a terminal.</summary>
    public static IAnsiConsole Over(TextWriter writer, Terminal terminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal.HasColor ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = terminal.HasColor ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = terminal.Width;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    /// <summary>Text of others as markup that shows it and nothing else.</summary>
    public static string Safe(string? text) => Markup.Escape(Text.Printable(text));

    /// <summary>A table without lines, as wide as it needs.</summary>
    public static Spectre.Console.Table NewTable(params ReadOnlySpan<string> heads)
    {
        var table = new Spectre.Console.Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var head in heads)
        {
            var column = new TableColumn(new Markup($"[grey]{Safe(head.TrimStart('>'))}[/]")) { Padding = new Padding(0, 0, 2, 0) };
            table.AddColumn(head.StartsWith('>') ? column.RightAligned() : column);
        }

        return table;
    }
}
