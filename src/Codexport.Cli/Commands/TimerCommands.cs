using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;
using Codexport.Engine.ServiceSetup;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport follower timer install|uninstall|status</c>.</summary>
internal static class TimerCommands
{
    /// <summary>Makes the commands.</summary>
    public static Command Create(CommandFactory factory)
    {
        var every = new Option<string>("--every")
        {
            Description = "How often, from 1m to 24h, such as 90s, 15m or 1h.",
            HelpName = "INTERVAL",
            DefaultValueFactory = _ => TimerInterval.Format(TimerInterval.Default),
        };
        var dryInstall = SharedOptions.DryRun();
        var dryUninstall = SharedOptions.DryRun();
        return CommandFactory.CreateGroup(
            "timer", "Has the machine sync by the clock, for a Codex that stays open for days or is part of an editor.",
            factory.Create(
                "install", "Install the timer, or switch it to this program and interval.",
                call => InstallAsync(call, TimerInterval.Parse(call.Arguments.GetRequiredValue(every)), call.Arguments.GetValue(dryInstall)), every, dryInstall),
            factory.Create("uninstall", "Stop the timer and take it away.", call => UninstallAsync(call, call.Arguments.GetValue(dryUninstall)), dryUninstall),
            factory.Create("status", "Show how the timer stands.", StatusAsync));
    }

    private static async Task<ExitCode> InstallAsync(Invocation call, TimeSpan every, bool dryRun)
    {
        var result = await ServiceCommands.Open(call).InstallTimerAsync(every, dryRun, call.CancellationToken);
        ServiceCommands.Write(
            call, result, $"The timer {result.Name} is installed ({result.Manager}) and syncs every {TimerInterval.Format(every)}.", "the timer is installed like this.");
        return ExitCode.Done;
    }

    private static async Task<ExitCode> UninstallAsync(Invocation call, bool dryRun)
    {
        var result = await ServiceCommands.Open(call).UninstallTimerAsync(dryRun, call.CancellationToken);
        ServiceCommands.Write(call, result, $"The timer {result.Name} is gone.", "the timer is not installed.");
        return ExitCode.Done;
    }

    private static async Task<ExitCode> StatusAsync(Invocation call)
    {
        var status = await ServiceCommands.Open(call).GetTimerStatusAsync(call.CancellationToken);
        call.Output.WriteResult(status, () => CliJson.Readable.TimerStatusResult, writer => Write(status, writer), isAskedFor: true);
        return ExitCode.Done;
    }

    private static void Write(TimerStatusResult status, TextWriter writer)
    {
        if (status.Installed)
        {
            var every = status.Every is { } interval ? $", every {TimerInterval.Format(interval)}" : string.Empty;
            writer.WriteLine($"Timer:    {status.Name} ({status.Manager}){every}{(status.Waiting ? string.Empty : ", not running")}{(status.Enabled ? string.Empty : ", not started by itself")}");
            writer.WriteLine($"File:     {Text.Printable(status.File!)}");
            writer.WriteLine($"Command:  {Text.Printable(status.Command ?? "unknown")}");
            if (status.LastRun is { } last)
            {
                writer.WriteLine($"Last run: {Text.Time(last)}");
            }

            if (status.NextRun is { } next)
            {
                writer.WriteLine($"Next run: {Text.Time(next)}");
            }

            writer.WriteLine($"Log:      {Text.Printable(status.Log!)}");
        }
        else
        {
            writer.WriteLine("Not installed. 'codexport follower timer install' installs it.");
        }

        Text.WriteProblems(writer, status.Problems);
    }
}
