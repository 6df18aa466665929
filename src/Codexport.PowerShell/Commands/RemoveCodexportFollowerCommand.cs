using System.Management.Automation;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Forgets the master; the Codex home keeps its files, but for credentials that came from the master.</summary>
[Cmdlet(VerbsCommon.Remove, "CodexportFollower", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(LeaveResult))]
public sealed class RemoveCodexportFollowerCommand : CodexportChangeCommand
{
    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(OpenHome().Home.CodexFolder, "Leave the master and wipe the credentials that came from it"))
        {
            var result = Run(context => new FollowerOperations(context).LeaveAsync(StopToken));
            WriteWarnings(result.Warnings);
            WriteResult(result);
        }
    }
}
