using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport backup restore</c>.</summary>
internal static class BackupRestoreCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory)
    {
        var name = new Argument<string>("NAME") { Description = "The backup's name, from 'codexport backup list'." };
        return factory.Create(
            "restore", "Bring a backup's files back. What they replace is backed up first.", call => RunAsync(call, name), name);
    }

    private static async Task<ExitCode> RunAsync(Invocation call, Argument<string> name)
    {
        var result = await new FollowerOperations(call.Engine)
            .RestoreBackupAsync(call.Arguments.GetRequiredValue(name), call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.RestoreResult, writer => writer.WriteLine(
            $"Restored backup {Text.Printable(result.Backup)}: {Text.Count(result.FilesWritten, "file")} written, {result.FilesDeleted} deleted."
            + (result.NewBackup is null ? string.Empty : $" What was replaced is in backup {result.NewBackup}.")));
        call.Output.WriteWarnings(result.Warnings);
        return ExitCode.Done;
    }
}
