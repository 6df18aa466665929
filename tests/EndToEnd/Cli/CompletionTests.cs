using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Tests.Cli;

/// <summary>The shells' completion and the manual page, which both come from the program's own commands.</summary>
public sealed class CompletionTests
{
    private static string ProgramFolder => Path.GetDirectoryName(Repository.Program)!;

    [Fact]
    public async Task Bash_CompletesCommandsAndOptions()
    {
        var script = $$"""
            PATH="{{ProgramFolder}}:$PATH"
            eval "$(codexport completion bash)"
            ask() { COMP_LINE="$1"; COMP_POINT=${#1}; COMP_WORDS=($1); [[ "$1" == *" " ]] && COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _codexport; printf '%s\n' "${COMPREPLY[@]}"; echo --; }
            ask "codexport mas"
            ask "codexport master da"
            ask "codexport diff --s"
            """;
        var run = await ShellAsync("bash", "--noprofile", "--norc", "-c", script);
        Assert.Equal("master\n--\ndashboard\n--\n--stat\n--\n", run.Output);
    }

    [Fact]
    public async Task Zsh_TakesTheScript()
    {
        var run = await ShellAsync("zsh", "-f", "-c", $"PATH=\"{ProgramFolder}:$PATH\"; autoload -Uz compinit; compinit -u -D; eval \"$(codexport completion zsh)\"; print ${{_comps[codexport]}}");
        Assert.Equal(("_codexport\n", string.Empty), (run.Output, run.Error));
    }

    [Fact]
    public async Task Fish_CompletesCommands()
    {
        var run = await ShellAsync("fish", "--no-config", "-c", $"set -x PATH '{ProgramFolder}' $PATH; codexport completion fish | source; complete -C 'codexport master da'");
        Assert.StartsWith("dashboard", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pwsh_CompletesCommands()
    {
        var script = $"$env:PATH = '{ProgramFolder}' + [IO.Path]::PathSeparator + $env:PATH; codexport completion pwsh | Out-String | Invoke-Expression; "
            + "(TabExpansion2 'codexport master da' 19).CompletionMatches.CompletionText";
        var run = await ProgramRun.RunAsync(PowerShellTool.Program, "-NoProfile", "-NonInteractive", "-Command", script);
        Assert.Equal("dashboard", run.Output.Trim());
    }

    [Fact]
    public async Task ManualPage_HoldsWhatTheHelpSays()
    {
        var page = (await ProgramRun.CodexportAsync("man")).Output;
        var help = (await ProgramRun.CodexportAsync("master", "link", "--help")).Output;
        Assert.StartsWith(".TH CODEXPORT 1", page, StringComparison.Ordinal);
        Assert.Contains("Print the link that followers join with.", help, StringComparison.Ordinal);
        Assert.Contains("Print the link that followers join with.", page, StringComparison.Ordinal);
        Assert.Contains(".SS \"codexport master dashboard\"", page, StringComparison.Ordinal);
        Assert.Contains("\\fB\\-\\-expires TIME\\fR", page, StringComparison.Ordinal);
        Assert.Contains("trust refused", page, StringComparison.Ordinal);
        Assert.DoesNotContain("stdin\\-lifeline", page, StringComparison.Ordinal);
    }

    private static async Task<ProgramRun> ShellAsync(string shell, params string[] arguments)
    {
        var program = ProgramFinder.Find(new PhysicalFileSystem(), Environment.GetEnvironmentVariable, shell);
        Assert.SkipWhen(program is null, $"There is no {shell} here.");
        return await ProgramRun.RunAsync(program!, arguments);
    }
}
