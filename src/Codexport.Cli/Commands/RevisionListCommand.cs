using System.CommandLine;
using System.Globalization;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport revision list</c>.</summary>
internal static class RevisionListCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
        => factory.Create("list", "List the revisions that are kept here and can be applied, newest first.", RunAsync);

    private static Task<ExitCode> RunAsync(Invocation call)
    {
        var revisions = new FollowerOperations(call.Engine).GetRevisions();
        call.Output.WriteResult(new RevisionList(revisions), () => CliJson.Readable.RevisionList, writer => Write(revisions, writer), isAskedFor: true);
        return Task.FromResult(ExitCode.Done);
    }

    private static void Write(IReadOnlyList<RevisionInfo> revisions, TextWriter writer)
    {
        if (revisions.Count == 0)
        {
            writer.WriteLine("No revision is kept: nothing has been fetched yet.");
            return;
        }

        var table = new Table("REVISION", "FETCHED", ">FILES", ">SIZE", "STATE");
        foreach (var kept in revisions)
        {
            table.Add(
                Text.Short(kept.Revision), Text.Time(kept.FetchedAt), kept.Files.ToString(CultureInfo.InvariantCulture), Text.Size(kept.Bytes),
                kept.Applied ? "applied" : kept.Staged ? "staged" : string.Empty);
        }

        table.Write(writer);
    }
}
