using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Checking;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.HookSetup;
using Codexport.Engine.Platform.Processes;
using Codexport.Engine.Results;
using Codexport.Engine.Shells;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Diagnostics;

/// <summary>Which side this home is, and whether its settings can be read.</summary>
internal sealed class RoleCheck : DiagnosticCheck
{
    public override string Name => "role";

    public override Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
    {
        var home = scope.Context.Home;
        var warnings = scope.Settings.Warnings.Select(text => new DiagnosticFinding(Name, DiagnosticLevel.Warning, text, $"Correct '{home.SettingsFile}'."));
        RecordedHome.Check(scope.Context);
        var findings = scope.Enrollment is not null
            ? Ok($"A follower; Codex home '{home.CodexFolder}'.")
            : scope.IsMaster
                ? Ok($"The master; Codex home '{home.CodexFolder}'.")
                : Info(
                    $"Neither master nor follower yet; Codex home '{home.CodexFolder}'.",
                    "Run 'codexport master init', or 'codexport follower join LINK --apply' with the master's link.");
        return Task.FromResult<IReadOnlyList<DiagnosticFinding>>([.. findings, .. warnings]);
    }
}

/// <summary>Whether Codex is there.</summary>
internal sealed class CodexCheck : DiagnosticCheck
{
    public override string Name => "codex";

    public override async Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
        => scope.Codex is not { } codex
            ? Warning("No 'codex' is on the path.", "Install it, such as with 'npm install -g @openai/codex'; until then configurations are only parsed.")
            : await codex.GetVersionAsync(scope.Context, cancellationToken).ConfigureAwait(false) is { } version
                ? Ok($"Version {version} at '{codex.Path}'.")
                : Error($"'{codex.Path}' does not run.", "Run 'codex --version' and see what it says.");
}

/// <summary>Whether Codex would start with the present configuration.</summary>
internal sealed class ConfigurationCheck : DiagnosticCheck
{
    public override string Name => "configuration";

    public override async Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in scope.Context.Files.Enumerate(scope.Context.Home.CodexFolder))
        {
            var name = Path.GetFileName(entry.Path);
            if (CodexLayout.KindOf(name).HasPortablePaths() && scope.ReadCodexFile(name) is { } content)
            {
                texts[name] = Encoding.UTF8.GetString(content);
            }
        }

        if (texts.Count == 0)
        {
            return Info($"There is no configuration in '{scope.Context.Home.CodexFolder}' yet.");
        }

        var check = new CodexStartupCheck(scope.Context) { Remembers = false, TemporaryFolder = Path.GetTempPath() };
        var verdict = await check.CheckAsync(texts, cancellationToken).ConfigureAwait(false);
        return verdict.Problem?.ToError("Correct the file at that place; Codex does not start until then.") is { } error
            ? Error(error.Message, error.Remedy)
            : Ok(verdict.IsByCodex ? "Codex accepts it." : "It parses; Codex itself could not be asked.");
    }
}

/// <summary>Whether the hook will run.</summary>
internal sealed class HookCheck : DiagnosticCheck
{
    public override string Name => "hook";

    public override async Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
    {
        var status = await new HookInspector(scope.Context).InspectAsync(cancellationToken).ConfigureAwait(false);
        if (!status.Installed)
        {
            return scope.Enrollment is null
                ? Skipped("Not installed; only a follower needs it.")
                : Info("Not installed: this follower syncs only when it is told to.", "Run 'codexport hook install'.");
        }

        return status.Problems.Count == 0
            ? Ok($"Installed, first, trusted and runnable: {status.Command}")
            : [.. status.Problems.Select(problem => new DiagnosticFinding(Name, DiagnosticLevel.Error, problem,
                problem.Contains("hook install", StringComparison.Ordinal) ? "Run 'codexport hook install'." : "See to that, then run 'codexport hook status'."))];
    }
}

/// <summary>Whether <c>codex</c> is behind a sync in a shell, and what the shell would start can be started.</summary>
internal sealed class ShellCheck : DiagnosticCheck
{
    public override string Name => "shell";

    public override async Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
    {
        var shells = new ShellOperations(scope.Context);
        var installed = shells.GetStatus().Where(item => item.Installed).ToList();
        if (installed.Count == 0)
        {
            return Info("In no shell does 'codex' sync before it starts; what a hook applies counts in part from the next session on.", "Run 'codexport shell install' to have it at once.");
        }

        List<DiagnosticFinding> findings = [];
        foreach (var item in installed)
        {
            var program = shells.ProgramOf(item.Shell);
            findings.Add(await StartsAsync(scope.Context, item.Shell, program, cancellationToken)
                ? new DiagnosticFinding(Name, DiagnosticLevel.Ok, $"'codex' syncs before it starts: '{item.File}'.")
                : new DiagnosticFinding(
                    Name, DiagnosticLevel.Warning, $"'codex' does not sync before it starts: '{program}', which '{item.File}' names, cannot be started.",
                    $"Run 'codexport shell install {item.Shell.ToString().ToLowerInvariant()}' again."));
        }

        return findings;
    }

    // A file may be there and not be a program: without its execute bit, or for another platform.
    private static async Task<bool> StartsAsync(EngineContext context, ShellKind shell, string? program, CancellationToken cancellationToken)
    {
        if (program is null)
        {
            return false;
        }

        if (ProgramFinder.Find(context.Files, context.Environment, program) is not { } path)
        {
            // The block of PowerShell then takes the cmdlet.
            return shell == ShellKind.Pwsh && program == "codexport";
        }

        try
        {
            var outcome = await context.Processes.RunAsync(new ProcessRequest(path, ["--version"]), cancellationToken);
            return outcome.ExitCode == 0;
        }
        catch (CodexportException)
        {
            return false;
        }
    }
}

/// <summary>Whether what MCP servers start is on this machine.</summary>
internal sealed class ServerCommandsCheck : DiagnosticCheck
{
    public override string Name => "mcp servers";

    public override Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
    {
        if (scope.ReadCodexFile(CodexLayout.ConfigFile) is not { } content)
        {
            return Task.FromResult(Skipped("There is no 'config.toml'."));
        }

        var servers = TomlDocument.Parse(content, scope.CodexFile(CodexLayout.ConfigFile)).Root["mcp_servers"] as TomlTable ?? new TomlTable([]);
        var findings = new List<DiagnosticFinding>();
        var count = 0;
        foreach (var (name, value) in servers)
        {
            if (value is TomlTable server && server["enabled"]?.AsBoolean() != false && server["command"]?.AsString() is { } command)
            {
                count++;
                if (ProgramFinder.Find(scope.Context.Files, scope.Context.Environment, command) is null)
                {
                    findings.Add(new DiagnosticFinding(
                        Name, DiagnosticLevel.Warning, $"'{command}' of the MCP server '{name}' is not on this machine's path.",
                        $"Install it, or replace the server in '{scope.Context.Home.LocalServersFile}' and list '{name}' in allowMcpOverrides."));
                }
            }
        }

        return Task.FromResult(findings.Count > 0 ? findings : count == 0 ? Skipped("No MCP server starts a command.") : Ok($"All {count} commands of MCP servers are here."));
    }
}
