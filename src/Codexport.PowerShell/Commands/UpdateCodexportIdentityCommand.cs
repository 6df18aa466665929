using System.Management.Automation;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Gives the master a new key, which the old one vouches for.</summary>
[Cmdlet(VerbsData.Update, "CodexportIdentity", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RotationResult))]
public sealed class UpdateCodexportIdentityCommand : CodexportChangeCommand
{
    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(OpenHome().Home.StateFolder, "Give the master a new key"))
        {
            WriteResult(Run(context => new MasterOperations(context).RotateIdentityAsync(StopToken)));
        }
    }
}
