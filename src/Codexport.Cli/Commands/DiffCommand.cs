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
    public static Command Create(CommandFactory factory) => factory.Create(
        "diff", "Show what an apply of the newest fetched revision would change, and what was changed locally. Writes nothing.", RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation call)
    {
        var result = await new FollowerOperations(call.Engine).CompareAsync(call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.CompareResult, writer => Write(result, writer), isAskedFor: true);
        call.Output.WriteWarnings(result.Warnings);
        return result.Conflicts > 0 ? ExitCode.Conflict
            : result.ProblemCode is { } code ? ErrorFacts.Of(Enum.Parse<ErrorCode>(code)).ExitCode
            : ExitCode.Done;
    }

    private static void Write(CompareResult result, TextWriter writer)
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
        writer.WriteLine($"{Text.Count(result.Changes.Count, "change")}, {Text.Count(result.Conflicts, "conflict")} against revision {Text.Short(result.Revision)}.");
    }
}
