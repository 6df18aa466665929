namespace Codexport.Engine.Follower.Composition;

/// <summary>Recognizes the hook that runs Codexport's own quick sync.</summary>
internal static class OwnHook
{
    internal const string Event = "SessionStart";

    /// <summary>Whether a command runs <c>Sync-CodexportFollower</c> or <c>codexport … sync</c>.</summary>
    internal static bool IsOwn(string eventName, string? command)
    {
        if (eventName != Event || command is null)
        {
            return false;
        }

        var program = command.IndexOf("codexport", StringComparison.OrdinalIgnoreCase);
        return command.Contains("Sync-CodexportFollower", StringComparison.OrdinalIgnoreCase)
            || (program >= 0 && command.IndexOf(" sync", program, StringComparison.Ordinal) >= 0);
    }
}
