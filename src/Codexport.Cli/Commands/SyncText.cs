using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary>How a join, sync or apply is told to the person.</summary>
internal static class SyncText
{
    // A first join of thousands of files shall not fill the terminal.
    private const int MostChanges = 50;

    /// <summary>Writes the result.</summary>
    /// <returns>The exit code that it stands for.</returns>
    public static ExitCode Write(Invocation call, SyncResult result) => Write(call.Output, result);

    /// <summary>Writes the result.</summary>
    /// <returns>The exit code that it stands for.</returns>
    public static ExitCode Write(Output output, SyncResult result)
    {
        output.WriteResult(SyncReport.From(result), () => CliJson.Readable.SyncReport, writer => Write(result, writer));
        output.WriteWarnings(result.Warnings);
        return result.Status switch
        {
            SyncStatus.Offline => ExitCode.Unreachable,
            SyncStatus.Busy => ExitCode.Failed,
            _ => ExitCode.Done,
        };
    }

    /// <summary>The sentence for a sync without news.</summary>
    internal static string Current(SyncResult result) => $"Up to date with revision {Text.Short(result.Revision)}.";

    private static void Write(SyncResult result, TextWriter writer)
    {
        var revision = Text.Short(result.Revision);
        var received = result.BytesDownloaded > 0 ? $", {Text.Size(result.BytesDownloaded)} received" : string.Empty;
        writer.WriteLine(result.Status switch
        {
            SyncStatus.Current => Current(result),
            SyncStatus.Applied => $"Applied revision {revision}: {Text.Count(result.FilesWritten, "file")} written, {result.FilesDeleted} deleted{received}.",
            SyncStatus.Staged => $"Fetched and verified revision {revision}{received}. 'codexport diff' shows it, 'codexport apply' applies it.",
            SyncStatus.Offline => "The master could not be reached; nothing changed.",
            SyncStatus.Busy => "Another Codexport is at work on this home; nothing changed.",
            _ => throw new ArgumentOutOfRangeException(nameof(result)),
        });
        if (result.Backup is not null)
        {
            writer.WriteLine($"What was replaced is in backup {result.Backup}.");
        }

        if (result.InForce is not null)
        {
            writer.WriteLine(result.InForce);
        }

        ChangeTable.Write(result.Changes, writer, MostChanges);
        WriteList(writer, "Changed locally, and replaced or kept as your settings say:", result.Drift);
        WriteList(writer, "Hooks that Codex will run from now on:", result.NewlyTrustedHooks);
    }

    /// <summary>Writes a heading and a line for each item; nothing when there is none.</summary>
    internal static void WriteList(TextWriter writer, string heading, IReadOnlyList<string> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        writer.WriteLine(heading);
        foreach (var item in items)
        {
            writer.WriteLine($"  {Text.Printable(item)}");
        }
    }
}
