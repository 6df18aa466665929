using Codexport.Engine.Results;

namespace Codexport.Cli.Rendering;

/// <summary>What to do now, as the last line of <c>status</c> says it: one thing, the most pressing.</summary>
internal static class StatusAdvice
{
    private const string Nothing = "nothing to do";

    /// <summary>The advice.</summary>
    /// <param name="status">How things stand.</param>
    /// <param name="now">Local time.</param>
    public static string For(StatusResult status, DateTime now) => status.Role switch
    {
        Role.Master => ForMaster(status),
        Role.Follower => ForFollower(status, now),
        _ => "make this machine a master with 'codexport master init', or a follower with 'codexport follower join LINK --apply'",
    };

    /// <summary>Whether it says that all is well.</summary>
    public static bool IsWell(string advice) => advice.StartsWith(Nothing, StringComparison.Ordinal);

    private static string ForMaster(StatusResult status) => status switch
    {
        { Revision: null } => "publish the first revision with 'codexport master rebuild'",
        { Waiting.State: BundleState.Held } => "see what is held back with 'codexport master diff'",
        { Waiting: not null } => "see what waits with 'codexport master diff', then let it go with 'codexport master rebuild --publish'",
        { Followers: null or 0 } => "let a machine join: 'codexport master link --host NAME' prints the link",
        _ => $"{Nothing}; 'codexport master dashboard' shows the fleet",
    };

    private static string ForFollower(StatusResult status, DateTime now) => status switch
    {
        { ApplyInterrupted: true } => "finish the apply that was interrupted with 'codexport sync --apply'",
        { Conflicts.Count: > 0 } => "see what stands in the way with 'codexport diff'",
        { LastError: not null and not ("MasterUnreachable" or "MasterTimeout") } => "see what is wrong with 'codexport doctor'",
        { StagedRevision: not null } => "look at what is staged with 'codexport diff', then apply it with 'codexport apply'",
        { Revision: null } => "fetch and apply the master's setup with 'codexport sync --apply'",
        { LastError: not null } => "nothing, if the master is switched off; else see what is wrong with 'codexport doctor'",
        { HeadExpires: { } expires } when expires < now => "look whether the master still serves: its signed head has expired",
        { Drift.Count: > 0 } => "see what was changed here with 'codexport diff'; the next apply acts as onDrift in local.toml says",
        _ => Nothing,
    };
}
