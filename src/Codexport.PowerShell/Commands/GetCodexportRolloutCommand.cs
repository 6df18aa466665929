using System.Management.Automation;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Shows how the newest revision goes from ring to ring.</summary>
[Cmdlet(VerbsCommon.Get, "CodexportRollout")]
[OutputType(typeof(RolloutResult))]
public sealed class GetCodexportRolloutCommand : CodexportCommand
{
    /// <inheritdoc/>
    protected override void Execute()
    {
        var result = Run(context => new MasterOperations(context).GetRolloutAsync(StopToken));
        WriteWarnings(result.Warnings);
        WriteObject(result);
    }
}
