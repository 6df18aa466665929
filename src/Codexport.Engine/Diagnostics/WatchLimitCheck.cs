using System.Globalization;
using Codexport.Engine.Master.Watching;
using Codexport.Engine.Platform.Watching;
using Codexport.Engine.Results;

namespace Codexport.Engine.Diagnostics;

/// <summary>Whether Linux lets a master watch all the folders of its Codex home. Other systems have no such limits.</summary>
internal sealed class WatchLimitCheck : DiagnosticCheck
{
    // More than this share of what is left is close to it: a new skill or another editor may use it up.
    private const double Close = 0.8;

    public override string Name => "file watches";

    /// <summary>Tells the limits and what other programs have taken; tests replace it.</summary>
    internal Func<InotifyUsage?>? Usage { get; init; }

    public override Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
        => Task.FromResult(!OperatingSystem.IsLinux() ? []
            : !scope.IsMaster ? Skipped("This home is not a master.")
            : (Usage is null ? InotifyUsage.ExceptFor(scope.Context.Home.CodexFolder, cancellationToken) : Usage()) is { } usage
                ? Judge(new FileSystemChangeSource(scope.Context).CountFolders(), usage)
                : Skipped("Linux does not tell its limits here."));

    private IReadOnlyList<DiagnosticFinding> Judge(int folders, InotifyUsage usage)
    {
        List<DiagnosticFinding> findings =
        [
            .. Judge(InotifyLimits.Watches, folders, "file watches", usage.FreeWatches, usage.MaxWatches, usage.Watches),
            .. Judge(InotifyLimits.Instances, 1, "inotify instances", usage.FreeInstances, usage.MaxInstances, usage.Instances),
        ];
        return findings.Count > 0 ? findings : Ok(Said($"{folders:N0} folders are to be watched, and this user has file watches enough for them."));
    }

    private IReadOnlyList<DiagnosticFinding> Judge(string limit, long needed, string what, long free, long max, long taken)
    {
        if (needed <= Close * free)
        {
            return [];
        }

        var outcome = needed > free ? "the home is looked through every few seconds instead" : "that is close";
        return Warning(
            Said($"Watching takes {needed:N0} {what}, and other programs leave {free:N0} of this user's {max:N0} (fs.inotify.{limit}): {outcome}."),
            InotifyLimits.Remedy(limit, taken + needed));
    }

    // Both heads say it alike, whatever the region.
    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
