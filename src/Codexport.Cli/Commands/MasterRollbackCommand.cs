using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master rollback</c>.</summary>
internal static class MasterRollbackCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var revision = new Argument<string>("REVISION") { Description = "The revision to go back to, or its first digits; 'codexport master revisions' lists them." };
        return factory.Create(
            "rollback",
            "Publish an earlier revision as the newest, to everybody. Your Codex home stays as it is; what it holds waits until you let it go.",
            call => RunAsync(call, call.Arguments.GetRequiredValue(revision)), revision);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, string revision)
    {
        var result = await new MasterOperations(call.Engine).RollbackAsync(revision, call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.RollbackResult, writer =>
        {
            writer.WriteLine($"Revision {Text.Short(result.Revision)} is in service again: {Text.Count(result.Files, "file")}; it was {Text.Short(result.PreviousRevision)}.");
            writer.WriteLine("What your Codex home holds waits: 'codexport master diff' shows it, 'codexport master rebuild --publish' lets it go.");
        });
        return ExitCode.Done;
    }
}
