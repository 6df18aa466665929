using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport follower leave</c>.</summary>
internal static class FollowerLeaveCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory) => factory.Create(
        "leave", "Forget the master. The Codex home keeps its files, but for credentials that came from the master.", RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation call)
    {
        var result = await new FollowerOperations(call.Engine).LeaveAsync(call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.LeaveResult, writer => writer.WriteLine(
            $"Left the master: {Text.Count(result.FilesKept, "file")} kept. "
            + (result.Unregistered ? "The master was told." : "The master could not be told; 'codexport master followers revoke' there ends its record.")));
        call.Output.WriteWarnings(result.Warnings);
        return ExitCode.Done;
    }
}
