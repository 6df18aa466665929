using System.Management.Automation;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Stops the follower's timer and takes it away.</summary>
[Cmdlet(VerbsLifecycle.Uninstall, "CodexportTimer", SupportsShouldProcess = true)]
[OutputType(typeof(ServiceChangeResult))]
public sealed class UninstallCodexportTimerCommand : ServiceCommand
{
    /// <inheritdoc/>
    protected override void Execute()
        => Change("Uninstall the follower's timer", (services, dryRun) => services.UninstallTimerAsync(dryRun, StopToken));
}
