using System.CommandLine;
using System.Globalization;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master diff</c>.</summary>
internal static class MasterDiffCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var group = new Option<string?>("--group") { Description = "Show what the followers of this group would get.", HelpName = "GROUP" };
        return factory.Create(
            "diff", "Show what would go out to the followers, hooks and MCP servers first, and what holds it back. Publishes nothing.",
            call => RunAsync(call, call.Arguments.GetValue(group)), group);
    }

    /// <summary>Writes what the scan found, one line each.</summary>
    public static void WriteFindings(IReadOnlyList<ScanFinding> findings, TextWriter writer)
    {
        if (findings.Count == 0)
        {
            return;
        }

        writer.WriteLine("Found, and to be confirmed or silenced by a person:");
        foreach (var finding in findings)
        {
            var line = finding.Line.ToString(CultureInfo.InvariantCulture);
            var key = finding.Key is null ? string.Empty : $", {finding.Key}";
            writer.WriteLine(Text.Printable($"  {finding.Path}:{line}{key}: {finding.Message} [{finding.IgnoreEntry.Split(':')[0]}]"));
        }
    }

    private static async Task<ExitCode> RunAsync(Invocation call, string? group)
    {
        var result = await new MasterOperations(call.Engine).CompareAsync(group, call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.BundleCompareResult, writer => Write(result, writer), isAskedFor: true);
        call.Output.WriteWarnings(result.Warnings);
        return ExitCode.Done;
    }

    private static void Write(BundleCompareResult result, TextWriter writer)
    {
        if (result.State == BundleState.Current)
        {
            writer.WriteLine($"No difference to revision {Text.Short(result.Revision)}, which is published.");
            return;
        }

        SyncText.WriteList(writer, "Hooks that followers would run from then on, because you trust them here:", result.NewlyTrustedHooks);
        ChangeTable.Write(result.Changes, writer);
        WriteFindings(result.Findings, writer);
        writer.WriteLine($"{Text.Count(result.Changes.Count, "change")} against revision {Text.Short(result.Revision)}; revision {Text.Short(result.NextRevision)} would go out.");
        writer.WriteLine(result.Reason is null ? "'codexport master rebuild' publishes it." : Text.Printable(result.Reason));
    }
}
