using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Cli.Serving;
using Codexport.Engine;
using Codexport.Engine.Settings;

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
        var port = SharedOptions.Port("The port; without it the one in local.toml, else 17342. 0 lets the system choose.", lowest: 0);
        var allow = new Option<string[]>("--allow")
        {
            Description = "Further peers as a CIDR range, such as 192.168.1.0/24; may be repeated. This machine and Tailscale are always allowed.",
            HelpName = "CIDR",
        };
        var noWatch = new Option<bool>("--no-watch") { Description = "Do not look for changes; serve what was published." };
        var lifeline = new Option<bool>("--stdin-lifeline") { Description = "End when standard input closes.", Hidden = true };
        return factory.Create(
            Name, "Serve the published setup until Ctrl+C, and publish changes as they are saved. With --json one JSON object a line.",
            call => RunAsync(
                call, call.Arguments.GetValue(lifeline),
                new MasterServerOptions(
                    call.Arguments.GetRequiredValue(host),
                    call.Arguments.GetValue(port) ?? SettingsFile.Read(call.Engine.Files, call.Engine.Home.SettingsFile).Port,
                    call.Arguments.GetValue(allow) ?? [],
                    call.Arguments.GetValue(noWatch))),
            host, port, allow, noWatch, lifeline);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, bool hasLifeline, MasterServerOptions options)
    {
        var events = new EventWriter(call.Output);
        using var signals = new StopSignals(call.CancellationToken);
        using var lifeline = hasLifeline ? Lifeline.Watch(signals.Stop) : null;
        await new MasterServer(call.Engine) { EndNow = signals.EndNow }.RunAsync(options, events, lifeline?.Token ?? signals.Stop);
        return ExitCode.Done;
    }

    private sealed class EventWriter(Output output) : IServerEventSink
    {
        private readonly Lock _lock = new();

        public void Emit(ServerEvent happening)
        {
            if (output.IsQuiet && happening is not ServerWarning)
            {
                return;
            }

            var line = output.IsJson ? ServerEventJson.Format(happening) : ServerEventText.Format(happening);
            lock (_lock)
            {
                output.Standard.WriteLine(line);
                output.Standard.Flush();
            }
        }
    }
}
