using System.CommandLine;
using System.CommandLine.Parsing;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Errors;
using Codexport.Engine.HookSetup;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport hook install|uninstall|status</c>.</summary>
internal static class HookCommands
{
    /// <summary>Makes the commands.</summary>
    public static Command Create(CommandFactory factory)
    {
        var runner = new Option<HookRunner>("--runner")
        {
            Description = "What the hook starts: the cmdlet in a PowerShell (pwsh), or this program by its path (native), which is quicker.",
            HelpName = "pwsh|native",
            // A native program needs no module beside it, and no runtime.
            DefaultValueFactory = _ => OwnProgram.IsNative ? HookRunner.Native : HookRunner.Pwsh,
            CustomParser = ReadRunner,
        };
        var noTrust = new Option<bool>("--no-trust") { Description = "Leave it to you to confirm the hook in Codex with /hooks." };
        var timeout = new Option<int>("--timeout")
        {
            Description = "When Codex gives the hook up, in seconds.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => CodexportHook.DefaultTimeout,
        };
        var program = new Option<string?>("--program")
        {
            Description = "For the native runner: the path of codexport, where it is another than this one's.",
            HelpName = "PATH",
        };
        return CommandFactory.CreateGroup(
            "hook", "The hook that syncs when a session of Codex starts.",
            factory.Create(
                "install", "Add it in front of all other SessionStart hooks, and trust it.",
                call => InstallAsync(call, new HookInstallOptions
                {
                    Runner = call.Arguments.GetValue(runner),
                    Program = call.Arguments.GetValue(program) is { } path ? Path.GetFullPath(path) : OwnProgram.Find(call.Engine),
                    Trust = !call.Arguments.GetValue(noTrust),
                    Timeout = call.Arguments.GetValue(timeout),
                }),
                runner, program, noTrust, timeout),
            factory.Create("uninstall", "Take it out and leave the files as they were.", UninstallAsync),
            factory.Create("status", "Show how it stands on disk, and what Codex itself says.", StatusAsync));
    }

    private static HookRunner ReadRunner(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : string.Empty;
        if (Enum.TryParse<HookRunner>(text, ignoreCase: true, out var runner) && !char.IsAsciiDigit(text[0]))
        {
            return runner;
        }

        result.AddError($"'{text}' is no runner: --runner takes pwsh or native.");
        return default;
    }

    private static async Task<ExitCode> InstallAsync(Invocation call, HookInstallOptions options)
    {
        var result = await new HookOperations(call.Engine).InstallAsync(options, call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.HookChangeResult, writer =>
        {
            writer.WriteLine(result.Changed
                ? $"Installed in {Text.Printable(result.File!)}{(result.Trusted ? " and trusted" : string.Empty)}: {Text.Printable(result.Command!)}"
                : "Nothing changed: the hook is installed already.");
            if (result.Changed)
            {
                writer.WriteLine("What it applies counts from the next turn, prompt or session on; 'codexport shell install' makes all of it count at once.");
            }
        });
        call.Output.WriteWarnings(result.Warnings);
        return ExitCode.Done;
    }

    private static async Task<ExitCode> UninstallAsync(Invocation call)
    {
        var result = await new HookOperations(call.Engine).UninstallAsync(dryRun: false, call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.HookChangeResult, writer => writer.WriteLine(
            result.Changed ? $"Taken out of {Text.Printable(result.File!)}." : "Nothing changed: the hook is not installed."));
        call.Output.WriteWarnings(result.Warnings);
        return ExitCode.Done;
    }

    private static async Task<ExitCode> StatusAsync(Invocation call)
    {
        var status = await new HookOperations(call.Engine).GetStatusAsync(call.CancellationToken);
        call.Output.WriteResult(status, () => CliJson.Readable.HookStatusResult, writer => Write(status, writer), isAskedFor: true);
        return ExitCode.Done;
    }

    private static void Write(HookStatusResult status, TextWriter writer)
    {
        if (!status.Installed)
        {
            writer.WriteLine("Not installed. 'codexport hook install' installs it.");
            return;
        }

        writer.WriteLine($"File:     {Text.Printable(status.File!)}");
        writer.WriteLine($"Command:  {Text.Printable(status.Command ?? "none on this platform")}");
        writer.WriteLine($"Runner:   {Text.Printable(status.RunnerPath ?? "unknown")}{(status.RunnerFound ? string.Empty : " (not found)")}");
        writer.WriteLine($"On disk:  {(status.Trusted ? "trusted" : "not trusted")}, {(status.Enabled ? "enabled" : "disabled")}, {(status.First ? "first" : "not first")}");
        writer.WriteLine(status.CodexVersion is null
            ? "Codex:    not asked (no 'codex' on the path, or it did not answer)"
            : $"Codex:    {status.CodexTrust ?? "does not see it"}{(status.CodexEnabled == false ? ", disabled" : string.Empty)} (version {Text.Printable(status.CodexVersion)})");
        Text.WriteProblems(writer, status.Problems);
    }
}
