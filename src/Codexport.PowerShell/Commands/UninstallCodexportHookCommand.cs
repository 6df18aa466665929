using System.Management.Automation;
using Codexport.Engine.HookSetup;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Takes the hook out and leaves the files as they were before it came.</summary>
[Cmdlet(VerbsLifecycle.Uninstall, "CodexportHook", SupportsShouldProcess = true)]
[OutputType(typeof(HookChangeResult))]
public sealed class UninstallCodexportHookCommand : CodexportChangeCommand
{
    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(OpenHome().Home.CodexFolder, "Uninstall the hook that syncs at the start of a session"))
        {
            var result = Run(context => new HookOperations(context).UninstallAsync(dryRun: false, StopToken));
            WriteWarnings(result.Warnings);
            WriteResult(result);
        }
    }
}
