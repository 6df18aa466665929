using System.Management.Automation;
using Codexport.Engine;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Shows how things stand, without asking anybody over the network.</summary>
[Cmdlet(VerbsCommon.Get, "CodexportStatus")]
[OutputType(typeof(StatusResult))]
public sealed class GetCodexportStatusCommand : CodexportCommand
{
    /// <inheritdoc/>
    protected override void Execute()
    {
        var status = Run(context => new HomeOperations(context).GetStatusAsync(StopToken));
        WriteWarnings(status.Warnings);
        WriteObject(status);
    }
}
