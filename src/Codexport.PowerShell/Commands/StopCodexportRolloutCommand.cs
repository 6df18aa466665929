using System.Management.Automation;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Keeps the newest revision from going to a further ring by itself.</summary>
[Cmdlet(VerbsLifecycle.Stop, "CodexportRollout", SupportsShouldProcess = true)]
[OutputType(typeof(RolloutResult))]
public sealed class StopCodexportRolloutCommand : CodexportChangeCommand
{
    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(OpenHome().Home.CodexFolder, "Keep the newest revision from going further by itself"))
        {
            var result = Run(context => new MasterOperations(context).StopRolloutAsync(StopToken));
            WriteWarnings(result.Warnings);
            WriteResult(result);
        }
    }
}
