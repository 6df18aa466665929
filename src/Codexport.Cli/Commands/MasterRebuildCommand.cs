using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Master.Publishing;
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
        var findings = new Option<bool>("--accept-findings")
        {
            Description = "Confirm what the scan found, and remember it; 'codexport master diff' shows it.",
        };
        var publish = new Option<bool>("--publish")
        {
            Description = "Let go what waits for review or behind a rollback.",
        };
        var revision = new Option<string?>("--revision")
        {
            Description = "Only if this is what would go out, as 'codexport master diff' showed it; its first digits do.",
            HelpName = "REVISION",
        };
        return factory.Create(
            "rebuild", "Scan the Codex home and publish a revision if something changed. A serving master picks it up.",
            call => RunAsync(call, new RebuildOptions
            {
                AcceptDeletions = call.Arguments.GetValue(accept),
                AcceptFindings = call.Arguments.GetValue(findings),
                Publish = call.Arguments.GetValue(publish),
                ExpectedRevision = call.Arguments.GetValue(revision),
            }),
            accept, findings, publish, revision);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, RebuildOptions options)
    {
        var result = await new MasterOperations(call.Engine).RebuildAsync(options, call.CancellationToken);
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
            RebuildStatus.Waiting => $"Not published yet: {result.Added.Count} added, {result.Changed.Count} changed, {result.Removed.Count} removed. "
                + $"Revision {Text.Short(result.Revision)} stays in service.",
            _ => $"Nothing changed: revision {Text.Short(result.Revision)}, {Text.Count(result.Files, "file")}, {Text.Size(result.Bytes)}.",
        });
    }
}
