using System.CommandLine;
using System.Globalization;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Cli.Rendering.Rich;
using Codexport.Engine;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport status</c>.</summary>
internal static class StatusCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory) => factory.Create(
        "status", "Show how things stand. Asks nobody over the network.", RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation call)
    {
        var status = await new HomeOperations(call.Engine).GetStatusAsync(call.CancellationToken);
        call.Output.WriteResult(status, () => CliJson.Readable.StatusResult, writer => Show(call, status, writer), isAskedFor: true);
        call.Output.WriteWarnings(status.Warnings);
        return ExitCode.Done;
    }

    private static void Show(Invocation call, StatusResult status, TextWriter writer)
    {
        var now = call.Engine.Time.GetLocalNow().DateTime;
        if (call.Output.Terminal.IsRich)
        {
            RichStatus.Write(status, writer, call.Output.Terminal, now);
            return;
        }

        Write(status, writer, now);
    }

    /// <summary>The plain form.</summary>
    internal static void Write(StatusResult status, TextWriter writer, DateTime now)
    {
        Line(writer, "Role", status.Role.ToString().ToLowerInvariant());
        Line(writer, "Codex home", status.CodexFolder);
        Line(writer, "Master", status.MasterUrl);
        Line(writer, "Fingerprint", status.Fingerprint);
        Line(writer, "Changed key", status.FollowsKeyRotation switch
        {
            null => null,
            true => "followed when the present one vouches for it",
            false => "refused until you trust it",
        });
        Line(writer, "Revision", status.Revision is null ? null : $"{status.Revision} ({Text.Count(status.Files, "file")})");
        Line(writer, status.Role == Role.Master ? "Exports" : "Takes", Categories(status.Categories));
        Line(writer, "Staged", status.StagedRevision);
        if (status.Role == Role.Follower)
        {
            Line(writer, "Last sync", Text.Time(status.LastSync));
            Line(writer, "Source", status.Source);
            Line(writer, "Head signed", status.HeadIssued is null ? null : Text.Time(status.HeadIssued));
            Line(writer, "Head expires", status.HeadExpires is null ? null : Text.Time(status.HeadExpires));
        }

        Line(writer, "Rolled back to", status.RolledBackTo);
        if (status.Waiting is { } waiting)
        {
            Line(writer, waiting.State == BundleState.Held ? "Held back" : "Waiting", $"{Text.Count(waiting.Changes, "file")} since {Text.Time(waiting.Since)}. {waiting.Reason}");
        }

        Line(writer, "Rollout", status.Rollout is not { } rollout ? null
            : $"{Text.Short(rollout.Revision)}: {string.Join(", ", rollout.Rings.Select(ring => $"{ring.Name} {(ring.Newest ? $"{ring.Applied}/{ring.Followers}" : "waits")}"))}{(rollout.Stopped ? "; stopped" : string.Empty)}");
        Line(writer, "Followers", status.Followers?.ToString(CultureInfo.InvariantCulture));
        Line(writer, "Last error", status.LastError is null ? null : $"{status.LastError}: {status.LastErrorMessage}");
        Line(writer, "Next quick sync", status.NextQuickSync is null ? null : $"not before {Text.Time(status.NextQuickSync)}");
        Line(writer, "Apply", status.ApplyInterrupted ? "interrupted; the next sync or apply finishes it" : null);
        SyncText.WriteList(writer, "Changed locally:", status.Drift);
        SyncText.WriteList(writer, "Waiting for you:", status.Conflicts);
        Line(writer, "Next", StatusAdvice.For(status, now));
    }

    private static string? Categories(IReadOnlyList<SetupCategory> categories)
        => categories.Count == 0 ? null
            : categories.Count == Enum.GetValues<SetupCategory>().Length ? "everything"
            : string.Join(", ", categories.Select(category => category.ToString().ToLowerInvariant()));

    private static void Line(TextWriter writer, string label, string? value)
    {
        if (value is not null)
        {
            writer.WriteLine($"{label + ":",-17}{Text.Printable(value)}");
        }
    }
}
