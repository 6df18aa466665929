using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Stores;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.ServiceSetup;
using Codexport.Engine.Settings;
using Codexport.Server;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master serve</c>.</summary>
internal static class MasterServeCommand
{
    /// <summary>What the command is called.</summary>
    public const string Name = "serve";

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var host = new Option<string>("--host")
        {
            Description = "The address to listen on.",
            HelpName = "HOST",
            DefaultValueFactory = _ => "0.0.0.0",
        };
        var port = SharedOptions.ListeningPort(lowest: 0);
        var allow = new Option<string[]>("--allow")
        {
            Description = "Further peers as a CIDR range, such as 192.168.1.0/24; may be repeated. This machine and Tailscale are always allowed.",
            HelpName = "CIDR",
        };
        var noWatch = new Option<bool>("--no-watch") { Description = "Do not look for changes; serve what was published." };
        var lifeline = new Option<bool>("--stdin-lifeline") { Description = "End when standard input closes.", Hidden = true };
        var logFile = new Option<string?>("--log-file") { Description = "Write what happens to this file instead; at most 1 MB, and the 1 MB before.", HelpName = "FILE" };
        var journal = new Option<bool>("--journal") { Description = "Print lines for the systemd journal.", Hidden = true };
        var runFile = new Option<string?>("--run-file") { Description = "End when this file is gone.", HelpName = "FILE", Hidden = true };
        return factory.Create(
            Name, "Serve the published setup until Ctrl+C, and publish changes as they are saved. With --json one JSON object a line.",
            call =>
            {
                var settings = SettingsFile.Read(call.Engine.Files, call.Engine.Home.SettingsFile);
                return RunAsync(
                    call,
                    new Surroundings(
                        call.Arguments.GetValue(lifeline), call.Arguments.GetValue(logFile), call.Arguments.GetValue(journal), call.Arguments.GetValue(runFile)),
                    new MasterServerOptions(
                        call.Arguments.GetRequiredValue(host),
                        call.Arguments.GetValue(port) ?? settings.Port,
                        call.Arguments.GetValue(allow) ?? [],
                        call.Arguments.GetValue(noWatch))
                    {
                        HasDashboard = settings.Dashboard,
                        Metrics = settings.Metrics,
                    });
            },
            host, port, allow, noWatch, logFile, lifeline, journal, runFile);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, Surroundings surroundings, MasterServerOptions options)
    {
        var events = MakeWriter(call, surroundings);
        using var signals = new StopSignals(call.CancellationToken);
        using var lifeline = surroundings.HasLifeline ? Lifeline.Watch(signals.Stop) : null;
        using var runFile = surroundings.RunFile is { } path
            ? RunFile.Hold(call.Engine, Path.GetFullPath(path), lifeline?.Token ?? signals.Stop)
            : null;
        using var manager = ServiceNotifier.Open(call.Engine.Environment);
        var stop = runFile?.Token ?? lifeline?.Token ?? signals.Stop;
        var server = new MasterServer(call.Engine) { EndNow = signals.EndNow, Stores = ObjectStores.Opener(call.Engine) };
        await (manager is null ? server.RunAsync(options, events, stop) : new SupervisedServer(server, manager, call.Engine.Time).RunAsync(options, events, stop));
        return ExitCode.Done;
    }

    private static EventWriter MakeWriter(Invocation call, Surroundings surroundings)
    {
        var output = call.Output;
        var form = output.IsJson ? EventForm.Json : surroundings.IsJournal ? EventForm.Journal : EventForm.Text;
        if (surroundings.LogFile is not { } logFile)
        {
            return new EventWriter(Print, form, output.IsQuiet);
        }

        var path = Path.GetFullPath(logFile);
        call.Engine.Files.CreateDirectory(Path.GetDirectoryName(path)!, FilePermission.Private);
        return new EventWriter(new RollingLog(call.Engine.Files, path).Write, form, output.IsQuiet);

        void Print(string line)
        {
            output.Standard.WriteLine(line);
            output.Standard.Flush();
        }
    }

    /// <summary>Who runs the server, and where it tells what happens.</summary>
    private sealed record Surroundings(bool HasLifeline, string? LogFile, bool IsJournal, string? RunFile);
}
