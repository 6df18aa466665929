using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Operations;

namespace Codexport.Cli.Rendering;

/// <summary>The one line with which a hook tells the person something: Codex shows it and keeps it from the model.</summary>
internal static class SystemMessage
{
    /// <summary>What a line tells, for a terminal.</summary>
    public static string TextOf(string line) => Text.Printable(QuickSyncLine.TextOf(line));

    /// <summary>The line for an error that a quick sync could not handle itself.</summary>
    public static string For(Exception error)
    {
        var message = error is CodexportException known
            ? $"{known.Message} {known.Remedy}"
            : $"The sync failed ({error.GetType().Name}). Run 'codexport sync' to see why.";
        return QuickSyncLine.For(message);
    }
}
