using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport diff</c>.</summary>
internal static class DiffCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var stat = new Option<bool>("--stat") { Description = "Show how many lines of each file come and go instead of the lines." };
        return factory.Create(
            "diff", "Show what an apply of the newest fetched revision would change, and what was changed locally. Writes nothing.",
            call => RunAsync(call, call.Arguments.GetValue(stat)), stat);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, bool isStat)
    {
        var follower = new FollowerOperations(call.Engine);
        var (result, files) = call.Output.IsJson
            ? (await follower.CompareAsync(call.CancellationToken), [])
            : await follower.CompareWithLinesAsync(call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.CompareResult, writer => Show(call, result, files, isStat, writer), isAskedFor: true);
        call.Output.WriteWarnings(result.Warnings);
        return result.Conflicts > 0 ? ExitCode.Conflict
            : result.ProblemCode is { } code ? ErrorFacts.Of(Enum.Parse<ErrorCode>(code)).ExitCode
            : ExitCode.Done;
    }

    private static void Show(Invocation call, CompareResult result, IReadOnlyList<FileDifference> files, bool isStat, TextWriter writer)
    {
        using var text = new StringWriter { NewLine = writer.NewLine };
        Write(result, files, isStat, text, call.Output.Terminal);
        Pager.Show(text.ToString(), call.Output.Terminal, writer, call.Engine.Environment);
    }

    /// <summary>What changes and why, then the lines.</summary>
    internal static void Write(CompareResult result, IReadOnlyList<FileDifference> files, bool isStat, TextWriter writer, Terminal terminal)
    {
        if (result.Changes.Count == 0 && result.Problem is null)
        {
            if (result.Revision is null)
            {
                // The warning says what to do.
                return;
            }

            writer.WriteLine($"No difference to revision {Text.Short(result.Revision)}.");
            return;
        }

        ChangeTable.Write(result.Changes, writer);
        if (result.Problem is not null)
        {
            writer.WriteLine($"An apply would be refused: {Text.Printable(result.Problem)}");
        }

        SyncText.WriteList(writer, "Hooks that Codex would run from then on:", result.NewlyTrustedHooks);
        if (files.Count > 0)
        {
            writer.WriteLine();
            if (isStat)
            {
                UnifiedDiff.WriteStat(files, writer, terminal);
            }
            else
            {
                UnifiedDiff.Write(files, writer, terminal.HasColor);
            }

            writer.WriteLine();
        }

        writer.WriteLine($"{Text.Count(result.Changes.Count, "change")}, {Text.Count(result.Conflicts, "conflict")} against revision {Text.Short(result.Revision)}.");
    }
}
