using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;
using Codexport.Engine.ServiceSetup;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master service install|uninstall|status</c>.</summary>
internal static class ServiceCommands
{
    /// <summary>Makes the commands.</summary>
    public static Command Create(CommandFactory factory)
    {
        var host = new Option<string?>("--host") { Description = "The address to listen on; without it all.", HelpName = "HOST" };
        var port = SharedOptions.ListeningPort();
        var allow = new Option<string[]>("--allow")
        {
            Description = "Further peers as a CIDR range, such as 192.168.1.0/24; may be repeated.",
            HelpName = "CIDR",
        };
        var dryInstall = SharedOptions.DryRun();
        var dryUninstall = SharedOptions.DryRun();
        return CommandFactory.CreateGroup(
            "service", "Has the machine run 'master serve': systemd, the Windows Task Scheduler or launchd, for you alone and without an administrator.",
            factory.Create(
                "install", "Install the service and start it, or switch it to this program and these options.",
                call => InstallAsync(
                    call,
                    new MasterServiceOptions { Host = call.Arguments.GetValue(host), Port = call.Arguments.GetValue(port), Allow = call.Arguments.GetValue(allow) ?? [] },
                    call.Arguments.GetValue(dryInstall)),
                host, port, allow, dryInstall),
            factory.Create("uninstall", "Stop the service and take it away.", call => UninstallAsync(call, call.Arguments.GetValue(dryUninstall)), dryUninstall),
            factory.Create("status", "Show how the service stands.", StatusAsync));
    }

    /// <summary>The engine's operations with the program that is running.</summary>
    public static ServiceOperations Open(Invocation call) => new(call.Engine, ServiceProgram.Running(call.Engine.Environment));

    /// <summary>Shows what a change did, or would do.</summary>
    public static void Write(Invocation call, ServiceChangeResult result, string done, string nothing)
    {
        call.Output.WriteResult(
            result, () => CliJson.Readable.ServiceChangeResult,
            writer =>
            {
                if (result is { DryRun: true, Changed: true })
                {
                    writer.WriteLine(Text.Printable(result.Describe()));
                }

                writer.WriteLine(result switch
                {
                    { Changed: false } => $"Nothing {(result.DryRun ? "to change" : "changed")}: {nothing}",
                    { DryRun: true } => "Nothing was written or run.",
                    _ => done,
                });
            },
            isAskedFor: result.DryRun);
        call.Output.WriteWarnings(result.Warnings);
    }

    private static async Task<ExitCode> InstallAsync(Invocation call, MasterServiceOptions options, bool dryRun)
    {
        var result = await Open(call).InstallMasterAsync(options, dryRun, call.CancellationToken);
        Write(call, result, $"The service {result.Name} is installed ({result.Manager}) and runs: {Text.Printable(result.Command!)}", "the service is installed like this and runs.");
        return ExitCode.Done;
    }

    private static async Task<ExitCode> UninstallAsync(Invocation call, bool dryRun)
    {
        var result = await Open(call).UninstallMasterAsync(dryRun, call.CancellationToken);
        Write(call, result, $"The service {result.Name} is gone.", "the service is not installed.");
        return ExitCode.Done;
    }

    private static async Task<ExitCode> StatusAsync(Invocation call)
    {
        var status = await Open(call).GetMasterStatusAsync(call.CancellationToken);
        call.Output.WriteResult(status, () => CliJson.Readable.ServiceStatusResult, writer => Write(status, writer), isAskedFor: true);
        return ExitCode.Done;
    }

    private static void Write(ServiceStatusResult status, TextWriter writer)
    {
        if (status.Installed)
        {
            var since = status.Since is { } time ? $" since {Text.Time(time)}" : string.Empty;
            writer.WriteLine($"Service:  {status.Name} ({status.Manager}), {(status.Running ? "running" : "not running")}{since}{(status.Enabled ? string.Empty : ", not started by itself")}");
            writer.WriteLine($"File:     {Text.Printable(status.File!)}");
            writer.WriteLine($"Command:  {Text.Printable(status.Command ?? "unknown")}");
            if (status.ProcessId is { } process)
            {
                writer.WriteLine($"Process:  {process}{(status.Restarts is > 0 and var restarts ? $", restarted {restarts} times" : string.Empty)}");
            }

            if (status.Status is { } text)
            {
                writer.WriteLine($"Status:   {Text.Printable(text)}");
            }

            writer.WriteLine($"Log:      {Text.Printable(status.Log!)}");
        }
        else
        {
            writer.WriteLine("Not installed. 'codexport master service install' installs it.");
        }

        Text.WriteProblems(writer, status.Problems);
    }
}
