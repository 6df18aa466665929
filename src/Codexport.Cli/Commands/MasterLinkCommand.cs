using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master link</c>.</summary>
internal static class MasterLinkCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var host = new Option<string[]>("--host")
        {
            Description = "The name or address under which followers reach this machine; may be repeated, best first.",
            HelpName = "HOST",
            Required = true,
        };
        var port = SharedOptions.Port("The port, where it is another than the master's own (port forwarding).");
        var renew = new Option<bool>("--renew") { Description = "Make a new invite; older links admit nobody from then on." };
        return factory.Create(
            "link", "Print the link that followers join with. It holds the invite: give it only to your own machines.",
            call => RunAsync(call, host, port, renew), host, port, renew);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, Option<string[]> host, Option<int?> port, Option<bool> renew)
    {
        var result = await new MasterOperations(call.Engine).CreateJoinLinkAsync(
            call.Arguments.GetRequiredValue(host), call.Arguments.GetValue(port), call.Arguments.GetValue(renew), call.CancellationToken);
        call.Output.WriteResult(
            result,
            () => CliJson.Readable.JoinLinkResult,
            writer =>
            {
                writer.WriteLine(result.JoinLink);
                if (!call.Output.IsQuiet)
                {
                    writer.WriteLine();
                    writer.WriteLine("On the follower:");
                    writer.WriteLine($"  {result.Command}");
                }
            },
            isAskedFor: true);
        return ExitCode.Done;
    }
}
