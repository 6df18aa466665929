using System.Management.Automation;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Stops the master's service and takes it away.</summary>
[Cmdlet(VerbsLifecycle.Uninstall, "CodexportService", SupportsShouldProcess = true)]
[OutputType(typeof(ServiceChangeResult))]
public sealed class UninstallCodexportServiceCommand : ServiceCommand
{
    /// <inheritdoc/>
    protected override void Execute()
        => Change("Uninstall the master's service", (services, dryRun) => services.UninstallMasterAsync(dryRun, StopToken));
}
