using System.Text;
using Codexport.Cli.Commands;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Results;

namespace Codexport.Cli;

/// <summary>
/// The plain forms of <c>sync --apply</c>, as <see cref="QuickSyncCommandLine"/> knows them of <c>--quick</c>, when nothing is new: the
/// full command line is not loaded to say so. Everything else goes the long way, with the same outcome.
/// </summary>
internal static class SettledSyncCommandLine
{
    /// <summary>Runs, when the arguments are one of those forms and nothing is new.</summary>
    /// <returns>The exit code; null when the long way must be gone.</returns>
    public static int? TryRun(string[] args)
    {
        if (!QuickSyncCommandLine.TryParse(args, out var isQuick, out var isApply, out var options) || isQuick || !isApply)
        {
            return null;
        }

        try
        {
            var result = FollowerOperations.Open(options).TrySyncSettled(CancellationToken.None);
            return result is null ? null : Tell(result);
        }
        catch (CodexportException)
        {
            // The long way meets the same error and tells it.
            return null;
        }
    }

    private static int Tell(SyncResult result)
    {
        if (result.Status != SyncStatus.Current)
        {
            return (int)SyncText.Write(new Output(Console.Out, Console.Error, isJson: false, isQuiet: false), result);
        }

        using var output = Console.OpenStandardOutput();
        output.Write(Encoding.UTF8.GetBytes(SyncText.Current(result) + Environment.NewLine));
        return (int)ExitCode.Done;
    }
}
