using System.Management.Automation;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Gives the next ring the newest revision at once.</summary>
[Cmdlet(VerbsCommon.Step, "CodexportRollout", SupportsShouldProcess = true)]
[OutputType(typeof(RolloutResult))]
public sealed class StepCodexportRolloutCommand : CodexportChangeCommand
{
    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(OpenHome().Home.CodexFolder, "Give the next ring the newest revision"))
        {
            var result = Run(context => new MasterOperations(context).PromoteRolloutAsync(StopToken));
            WriteWarnings(result.Warnings);
            WriteResult(result);
        }
    }
}
