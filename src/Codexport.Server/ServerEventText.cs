using System.Globalization;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;

namespace Codexport.Server;

/// <summary>Writes server events as log lines for people.</summary>
public static class ServerEventText
{
    /// <summary>One line, without the line end.</summary>
    public static string Format(ServerEvent happening)
    {
        var time = happening.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return $"{time} {FormatWithoutTime(happening)}";
    }

    /// <summary>One line without the time, for a log that adds its own.</summary>
    public static string FormatWithoutTime(ServerEvent happening) => ForeignText.Line(Describe(happening));

    private static string Describe(ServerEvent happening) => happening switch
    {
        ServerStarted it => $"serving on {it.Address} port {Number(it.Port)}, "
            + (it.Revision is null ? "nothing published yet" : $"revision {Short(it.Revision)}") + $", fingerprint {it.Fingerprint}",
        FollowerJoined it => $"joined: {it.Name} ({it.Id}) from {it.Address}, {(it.State == FollowerState.Pending ? "pending" : "approved")}"
            + (it.State == FollowerState.Pending ? $"; let it in with 'codexport master followers approve {it.Id}'" : string.Empty),
        FollowerApproved it => $"approved: {it.Name} ({it.Id})",
        FollowerRevoked it => $"revoked: {it.Name} ({it.Id})",
        FollowerLeft it => $"left: {it.Name} ({it.Id})",
        FollowerSynced it => $"synced: {it.Name} ({it.Id}) fetched {Number(it.Bytes)} bytes of revision {Short(it.Revision)}",
        FollowerApplied it => $"applied: {it.Name} ({it.Id}) has revision {Short(it.Revision)}",
        FollowerFailed it => $"failed: {it.Name} ({it.Id}) reports {it.Code}",
        FollowerHealed it => $"healed: {it.Name} ({it.Id}) reports no error any more",
        KeyRotated it => $"rotated: the master's key is {it.Fingerprint} from now on, it was {it.Previous}",
        PeerRefused it => $"refused: {it.Reason}, from {it.Address}",
        RevisionPublished it => $"published: revision {Short(it.Revision)}, sequence {Number(it.Sequence)}",
        HeadRenewed it => $"renewed: head of revision {Short(it.Revision)}, sequence {Number(it.Sequence)}",
        RevisionStored it => $"stored: revision {Short(it.Revision)} is at {it.Target}, {Number(it.Objects)} uploads of {Number(it.Bytes)} bytes",
        ServerWarning it => $"warning: {it.Message} [{it.Code}]",
        RingPublished it => $"ring: {it.Ring} has revision {Short(it.Revision)}",
        ChangesWaiting it => $"waiting: {Number(it.Changes)} changed files are to be looked at; revision {Short(it.Revision)} stays in service",
        HomeWatched => "watching: changes of the Codex home are noticed as they happen again",
        ServerStopping it => $"stopping: {Number(it.Running)} answers are still being sent and have {Number(it.Seconds)} seconds; Ctrl+C again ends at once",
        ServerStopped => "stopped",
        _ => happening.GetType().Name,
    };

    private static string Short(string revision) => revision.Length > 12 ? revision[..12] : revision;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
