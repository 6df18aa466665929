using System.Text;
using System.Text.RegularExpressions;
using Codexport.Engine.Results;

namespace Codexport.Engine.Shells;

/// <summary>
/// The marked block of each shell. It defines <c>codex</c> as a quick sync and then the real program with the same arguments, input,
/// terminal and exit code. Whatever is missing or fails before that, the real program still starts.
/// </summary>
internal static partial class ShellBlock
{
    /// <summary>The first line.</summary>
    public const string Begin = "# >>> codexport >>>";

    /// <summary>The last line.</summary>
    public const string End = "# <<< codexport <<<";

    private const string Comment = "# Syncs with the master before Codex starts. 'codexport shell uninstall' removes this block.";

    private const string ProgramArguments = "sync --apply --quick --plain";

    /// <summary>What a block starts: the program by its path, or <c>pwsh</c> for the cmdlet; null when it cannot be told.</summary>
    public static string? ProgramOf(string block) => StartPattern().Match(block) is { Success: true } start
        ? start.Groups[1].Value.Replace("'\\''", "'", StringComparison.Ordinal).Replace("''", "'", StringComparison.Ordinal)
        : null;

    /// <summary>The block's lines.</summary>
    /// <param name="shell">The shell.</param>
    /// <param name="program">Absolute path of <c>codexport</c>; null when only the module is there, which then runs in a PowerShell.</param>
    /// <param name="home">For <c>--home</c>; null when it is the default.</param>
    /// <param name="codexFolder">For <c>--codex-dir</c>; null when it is the default.</param>
    public static IEnumerable<string> Lines(ShellKind shell, string? program, string? home, string? codexFolder)
    {
        IEnumerable<string> body = shell switch
        {
            ShellKind.Pwsh => Pwsh(program, home, codexFolder),
            ShellKind.Fish when program is null => Fish("pwsh", CmdletArguments(home, codexFolder, QuoteFish)),
            ShellKind.Fish => Fish(program, ProgramArguments + Options(home, codexFolder, QuoteFish)),
            _ when program is null => Posix("pwsh", CmdletArguments(home, codexFolder, QuotePosix)),
            _ => Posix(program, ProgramArguments + Options(home, codexFolder, QuotePosix)),
        };
        return [Begin, Comment, .. body, End];
    }

    // 'function NAME' and not 'NAME()': an alias of that name would be expanded in the second form.
    private static IEnumerable<string> Posix(string program, string arguments) =>
    [
        "function codex {",
        $"    if command -v {QuotePosix(program)} >/dev/null 2>&1; then",
        $"        command {QuotePosix(program)} {arguments} </dev/null || :",
        "    fi",
        "    command codex \"$@\"",
        "}",
    ];

    private static IEnumerable<string> Fish(string program, string arguments) =>
    [
        "function codex --wraps codex",
        $"    if command -q {QuoteFish(program)}",
        $"        command {QuoteFish(program)} {arguments} </dev/null",
        "    end",
        "    command codex $argv",
        "end",
    ];

    private static IEnumerable<string> Pwsh(string? program, string? home, string? codexFolder)
    {
        var native = Options(home, codexFolder, QuotePwsh);
        return
        [
            "function codex {",
            "    try {",
            $"        if ($sync = Get-Command -Name {QuotePwsh(program ?? "codexport")} -CommandType Application -TotalCount 1 -ErrorAction Ignore) {{",
            $"            $null | & $sync {ProgramArguments}{native}",
            "        } elseif (Get-Command -Name Sync-CodexportFollower -ErrorAction Ignore) {",
            $"            {Cmdlet(home, codexFolder)}",
            "        }",
            "    } catch {",
            "        Write-Verbose \"codexport: $_\"",
            "    }",
            "    $codex = Get-Command -Name codex -CommandType Application, ExternalScript -TotalCount 1 -ErrorAction Ignore",
            "    if (-not $codex) {",
            "        Write-Error -Message 'codex is not on the path.' -Category ObjectNotFound",
            "        $global:LASTEXITCODE = 127",
            "        return",
            "    }",
            "    # PowerShell takes the first '--' for itself; Codex shall see it.",
            "    $words = [System.Collections.Generic.List[object]]::new($args)",
            "    $ast = [System.Management.Automation.Language.Parser]::ParseInput($MyInvocation.Statement, [ref]$null, [ref]$null)",
            "    $call = $ast.Find({ $args[0] -is [System.Management.Automation.Language.CommandAst] -and $args[0].GetCommandName() -eq 'codex' }, $true)",
            "    for ($i = 1; $call -and $i -lt $call.CommandElements.Count; $i++) {",
            "        if ($call.CommandElements[$i].Extent.Text -ceq '--' -and $i - 1 -le $words.Count) { $words.Insert($i - 1, '--'); break }",
            "        if ($call.CommandElements[$i] -is [System.Management.Automation.Language.VariableExpressionAst] -and $call.CommandElements[$i].Splatted) { break }",
            "    }",
            "    if ($MyInvocation.ExpectingInput) { $input | & $codex @words } else { & $codex @words }",
            "}",
        ];
    }

    // The hook's line is for Codex; here a person reads it.
    private static string Cmdlet(string? home, string? codexFolder)
        => "Sync-CodexportFollower -Quick -Plain" + (home is null ? string.Empty : $" -HomePath {QuotePwsh(home)}")
            + (codexFolder is null ? string.Empty : $" -CodexPath {QuotePwsh(codexFolder)}")
            + " | ForEach-Object { [Console]::Error.WriteLine($_) }";

    private static string CmdletArguments(string? home, string? codexFolder, Func<string, string> quote)
        => "-NoProfile -NonInteractive -Command "
            + quote($"if (Import-Module Codexport -PassThru -ErrorAction Ignore) {{ {Cmdlet(home, codexFolder)} }}");

    private static string Options(string? home, string? codexFolder, Func<string, string> quote)
    {
        var options = new StringBuilder();
        if (home is not null)
        {
            options.Append(" --home ").Append(quote(home));
        }

        if (codexFolder is not null)
        {
            options.Append(" --codex-dir ").Append(quote(codexFolder));
        }

        return options.ToString();
    }

    private static string QuotePosix(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string QuoteFish(string text)
        => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static string QuotePwsh(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (var letter in text)
        {
            quoted.Append(letter, letter is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B' ? 2 : 1);
        }

        return quoted.Append('\'').ToString();
    }

    [GeneratedRegex(@"(?:command -v|command -q|Get-Command -Name) '((?:[^']|'\\''|'')*)'(?=[ \r\n])")]
    private static partial Regex StartPattern();
}
