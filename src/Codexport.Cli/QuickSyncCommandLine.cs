using Codexport.Cli.Rendering;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Cli;

/// <summary>
/// The forms of <c>sync --quick</c> that hooks use: <c>sync --quick</c>, also with <c>--apply</c>, and with <c>--home DIR</c> and
/// <c>--codex-dir DIR</c> on either side at most. Everything else goes the long way, through the full command line, with the same outcome.
/// </summary>
internal static class QuickSyncCommandLine
{
    /// <summary>Whether the arguments are one of those forms.</summary>
    public static bool TryParse(string[] args, out HomeOptions options)
        => TryParse(args, out var isQuick, out _, out options) && isQuick;

    /// <summary>Reads <c>sync</c> with <c>--quick</c>, <c>--apply</c> and the homes, each once at most; false when there is anything else.</summary>
    internal static bool TryParse(string[] args, out bool isQuick, out bool isApply, out HomeOptions options)
    {
        string? home = null;
        string? codexFolder = null;
        var sync = false;
        isQuick = false;
        isApply = false;
        options = HomeOptions.None;
        for (var index = 0; index < args.Length; index++)
        {
            switch (args[index])
            {
                case "sync" when !sync:
                    sync = true;
                    break;
                case "--quick" when sync && !isQuick:
                    isQuick = true;
                    break;
                case "--apply" when sync && !isApply:
                    isApply = true;
                    break;
                case "--home" when home is null && IsValue(args, index + 1):
                    home = args[++index];
                    break;
                case "--codex-dir" when codexFolder is null && IsValue(args, index + 1):
                    codexFolder = args[++index];
                    break;
                default:
                    return false;
            }
        }

        options = new HomeOptions(home, codexFolder);
        return sync;
    }

    /// <summary>Runs the quick sync: prints its one line or nothing; always succeeds.</summary>
    public static int Run(HomeOptions options)
    {
        using var cancellation = new CancellationTokenSource();
        string? line;
        try
        {
            line = FollowerOperations.Open(options).QuickSync(ProcessAge.Read(), cancellation.Token);
        }
        catch (Exception error) when (!DebugMode.IsOn)
        {
            // An unattended run must never stop a session of Codex; 'codexport sync' shows the same error with its remedy.
            line = SystemMessage.For(error);
        }

        if (line is not null)
        {
            using var output = Console.OpenStandardOutput();
            output.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
        }

        return 0;
    }

    private static bool IsValue(string[] args, int index)
        => index < args.Length && (args[index].Length == 0 || args[index][0] is not ('-' or '@' or '['));
}
