using System.CommandLine;
using Codexport.Engine.Homes;

namespace Codexport.Cli.Composition;

/// <summary>The options that every command takes.</summary>
internal sealed class GlobalOptions
{
    /// <summary><c>--home</c>.</summary>
    public Option<string?> Home { get; } = new("--home")
    {
        Description = "Use DIR in place of your home: state in DIR/.codexport, Codex home DIR/.codex.",
        HelpName = "DIR",
        Recursive = true,
    };

    /// <summary><c>--codex-dir</c>.</summary>
    public Option<string?> CodexFolder { get; } = new("--codex-dir")
    {
        Description = "The Codex home; without it CODEX_HOME, codexDir in local.toml, or ~/.codex.",
        HelpName = "DIR",
        Recursive = true,
    };

    /// <summary><c>--json</c>.</summary>
    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Print one JSON object instead of text, for results and for errors.",
        Recursive = true,
    };

    /// <summary><c>--quiet</c>.</summary>
    public Option<bool> Quiet { get; } = new("--quiet", "-q")
    {
        Description = "Print errors only, and what was expressly asked for (a link, a list).",
        Recursive = true,
    };

    /// <summary><c>--no-input</c>.</summary>
    public Option<bool> NoInput { get; } = new("--no-input")
    {
        Description = "Never ask a question; where an answer is needed, fail and say which option gives it.",
        Recursive = true,
    };

    /// <summary><c>--no-color</c>.</summary>
    public Option<bool> NoColor { get; } = new("--no-color")
    {
        Description = "Write without colour, as NO_COLOR=1 does.",
        Recursive = true,
    };

    /// <summary>Adds all of them to the root.</summary>
    public void AddTo(RootCommand root)
    {
        root.Options.Add(Home);
        root.Options.Add(CodexFolder);
        root.Options.Add(Json);
        root.Options.Add(Quiet);
        root.Options.Add(NoInput);
        root.Options.Add(NoColor);
    }

    /// <summary>The homes that a command line names.</summary>
    public HomeOptions ReadHome(ParseResult parsed) => new(parsed.GetValue(Home), parsed.GetValue(CodexFolder));
}
