using Codexport.Engine.Homes;
using Codexport.Engine.Results;
using Codexport.Engine.ServiceSetup;

namespace Codexport.Engine.Diagnostics;

/// <summary>Whether the service or timer that is installed runs.</summary>
internal sealed class ServiceCheck : DiagnosticCheck
{
    public override string Name => "service";

    public override async Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
    {
        var manager = ServiceManagers.ForThisMachine(scope.Context, HomeArguments.Of(scope.Context).UserHome);
        var units = new[] { ServiceUnits.Master(scope.Context), ServiceUnits.Timer(scope.Context) }
            .Where(unit => manager.FilesOf(unit).Any(path => scope.Context.Files.TryGetEntry(path) is not null)).ToList();
        if (units.Count == 0)
        {
            return scope.IsMaster
                ? Info("No service is installed: this master serves while 'codexport master serve' runs.", "'codexport master service install' has the machine run it.")
                : Skipped("No timer is installed.");
        }

        if (await manager.FindObstacleAsync(cancellationToken).ConfigureAwait(false) is { } obstacle)
        {
            return Warning(obstacle, $"Where it answers, look at '{units[0].Name}'.");
        }

        var findings = new List<DiagnosticFinding>();
        foreach (var unit in units)
        {
            findings.AddRange(await LookAsync(manager, unit, scope.Enrollment is null, cancellationToken).ConfigureAwait(false));
        }

        return findings;
    }

    private async Task<IReadOnlyList<DiagnosticFinding>> LookAsync(IServiceManager manager, ServiceUnit unit, bool isNoFollower, CancellationToken cancellationToken)
    {
        var state = await manager.QueryAsync(unit, cancellationToken).ConfigureAwait(false);
        var command = unit.IsTimer ? "codexport follower timer" : "codexport master service";
        if (unit.IsTimer && isNoFollower)
        {
            return Warning($"The timer '{unit.Name}' syncs a home that follows no master.", $"Take it away: {command} uninstall");
        }

        return !state.Running ? Error($"'{unit.Name}' is installed and does not run.", $"Look: {manager.LogHint(unit)}. Then '{command} install' again.")
            : !state.Enabled ? Warning($"'{unit.Name}' runs and does not start by itself.", $"Run '{command} install' again.")
            : state.Problems.Count > 0 ? [.. state.Problems.Select(problem => new DiagnosticFinding(Name, DiagnosticLevel.Warning, problem, $"Look: {manager.LogHint(unit)}"))]
            : Ok($"'{unit.Name}' is installed and runs.");
    }
}
