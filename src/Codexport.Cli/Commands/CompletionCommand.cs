using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport completion bash|zsh|fish|pwsh</c>.</summary>
internal static class CompletionCommand
{
    /// <summary>What the command is called.</summary>
    public const string Name = "completion";

    // Each asks the program itself for what may come next, so that a new command needs no new script.
    private const string Bash = """
        # codexport completion for bash. Put into ~/.bashrc: eval "$(codexport completion bash)"
        _codexport() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$(codexport "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _codexport codexport
        """;

    private const string Zsh = """
        #compdef codexport
        # codexport completion for zsh. Put into ~/.zshrc, behind compinit: eval "$(codexport completion zsh)"
        _codexport() {
          local -a words_found
          words_found=("${(@f)$(codexport "[suggest:${#LBUFFER}]" "$BUFFER" 2>/dev/null)}")
          compadd -- "${(@)words_found:#}" || _files
        }
        compdef _codexport codexport
        """;

    private const string Fish = """
        # codexport completion for fish. Put into ~/.config/fish/config.fish: codexport completion fish | source
        complete -c codexport -a '(set -l line (commandline -cp); codexport "[suggest:"(string length -- $line)"]" $line 2>/dev/null)'
        """;

    private const string Pwsh = """
        # codexport completion for PowerShell. Put into $PROFILE: codexport completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName codexport -ScriptBlock {
            param($word, $line, $position)
            $text = $line.ToString().PadRight($position)
            codexport "[suggest:$position]" $text 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var shell = new Argument<ShellKind>("SHELL") { Description = "bash, zsh, fish or pwsh." };
        return factory.Create(
            Name, "Print what makes a shell complete this program's commands and options.",
            call =>
            {
                call.Output.Standard.WriteLine(ScriptFor(call.Arguments.GetRequiredValue(shell)).ReplaceLineEndings("\n"));
                return Task.FromResult(ExitCode.Done);
            },
            shell);
    }

    private static string ScriptFor(ShellKind shell) => shell switch
    {
        ShellKind.Bash => Bash,
        ShellKind.Zsh => Zsh,
        ShellKind.Fish => Fish,
        _ => Pwsh,
    };
}
