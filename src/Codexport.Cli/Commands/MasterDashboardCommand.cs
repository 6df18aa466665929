using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master dashboard</c>.</summary>
internal static class MasterDashboardCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var noOpen = new Option<bool>("--no-open") { Description = "Start no browser; print the address. It lets in once, within two minutes." };
        return factory.Create(
            "dashboard", "Show the fleet in the browser: a page that the running master serves to this machine alone.",
            call => RunAsync(call, open: !call.Arguments.GetValue(noOpen)), noOpen);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, bool open)
    {
        // A program that reads JSON wants the address, and no window.
        var result = await new MasterOperations(call.Engine).OpenDashboardAsync(open && !call.Output.IsJson, call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.DashboardResult, writer => Write(result, writer, open), isAskedFor: !result.Opened);
        return ExitCode.Done;
    }

    private static void Write(DashboardResult result, TextWriter writer, bool open)
    {
        if (result.Opened)
        {
            writer.WriteLine("Opened in your browser. If no page comes up: codexport master dashboard --no-open");
            return;
        }

        writer.WriteLine(result.Address);
        if (open)
        {
            writer.WriteLine("No browser could be started here. Open the address in one on this machine, within two minutes; it lets in once.");
        }
    }
}
