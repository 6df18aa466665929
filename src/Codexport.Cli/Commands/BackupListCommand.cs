using System.CommandLine;
using System.Globalization;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport backup list</c>.</summary>
internal static class BackupListCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory) => factory.Create("list", "List the backups, newest first.", RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation call)
    {
        var backups = await new FollowerOperations(call.Engine).GetBackupsAsync(call.CancellationToken);
        call.Output.WriteResult(new BackupList(backups), () => CliJson.Readable.BackupList, writer => Write(backups, writer), isAskedFor: true);
        return ExitCode.Done;
    }

    private static void Write(IReadOnlyList<BackupInfo> backups, TextWriter writer)
    {
        if (backups.Count == 0)
        {
            writer.WriteLine("There is no backup: nothing has been replaced yet.");
            return;
        }

        var table = new Table("NAME", "MADE", ">FILES", ">SIZE", "FOR");
        foreach (var backup in backups)
        {
            table.Add(
                backup.Name, Text.Time(backup.CreatedAt), backup.Files.ToString(CultureInfo.InvariantCulture), Text.Size(backup.Bytes), backup.Label);
        }

        table.Write(writer);
    }
}
