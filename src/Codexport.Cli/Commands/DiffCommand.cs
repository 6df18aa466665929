using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine;
using Codexport.Engine.Follower;
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
        call.Output.WriteResult(result, CliJson.Readable.CompareResult, writer => Write(result, writer), isAskedFor: true);
        call.Output.WriteWarnings(result.Warnings);
        return result.Conflicts > 0 ? ExitCode.Conflict : ExitCode.Done;
    }

    private static void Write(CompareResult result, TextWriter writer)
    {
        if (result.Changes.Count == 0)
        {
            writer.WriteLine($"No difference to revision {Text.Short(result.Revision)}.");
            return;
        }

        var table = new Table("ACTION", "WHY", "PATH", "KEY", "FROM", "TO");
        foreach (var change in result.Changes)
        {
            table.Add(
                change.Action.ToString().ToLowerInvariant(), Why(change.Reason), change.Path, change.Key ?? string.Empty,
                change.Before ?? string.Empty, change.After ?? string.Empty);
        }

        table.Write(writer);
        foreach (var note in result.Changes.Select(change => change.Note).OfType<string>().Distinct())
        {
            writer.WriteLine(Text.Printable(note));
        }

        SyncText.WriteList(writer, "Hooks that Codex would run from then on:", result.NewlyTrustedHooks);
        writer.WriteLine($"{Text.Count(result.Changes.Count, "change")}, {Text.Count(result.Conflicts, "conflict")} against revision {Text.Short(result.Revision)}.");
    }

    private static string Why(ChangeReason reason) => reason switch
    {
        ChangeReason.Canonical => "master",
        ChangeReason.KeptLocal => "kept local",
        _ => reason.ToString().ToLowerInvariant(),
    };
}
