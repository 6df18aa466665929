using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master rebuild</c>.</summary>
internal static class MasterRebuildCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var accept = new Option<bool>("--accept-deletions")
        {
            Description = "Publish also when a whole top-level item or more than 20 % of the files are gone.",
        };
        return factory.Create(
            "rebuild", "Scan the Codex home and publish a revision if something changed. A serving master picks it up.",
            call => RunAsync(call, accept), accept);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, Option<bool> accept)
    {
        var result = await new MasterOperations(call.Engine).RebuildAsync(call.Arguments.GetValue(accept), call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.RebuildResult, writer => Write(result, writer));
        call.Output.WriteWarnings(result.Warnings);
        return result.Status == RebuildStatus.Held ? ExitCode.Failed : ExitCode.Done;
    }

    private static void Write(RebuildResult result, TextWriter writer)
    {
        writer.WriteLine(result.Status switch
        {
            RebuildStatus.Published => $"Published revision {Text.Short(result.Revision)}: {Text.Count(result.Files, "file")}, {Text.Size(result.Bytes)}; "
                + $"{result.Added.Count} added, {result.Changed.Count} changed, {result.Removed.Count} removed.",
            RebuildStatus.Held => $"Not published: {Text.Count(result.Removed.Count, "file")} would go. Revision {Text.Short(result.Revision)} stays in service. "
                + "If that is meant, run 'codexport master rebuild --accept-deletions'.",
            _ => $"Nothing changed: revision {Text.Short(result.Revision)}, {Text.Count(result.Files, "file")}, {Text.Size(result.Bytes)}.",
        });
    }
}
