using System.Management.Automation;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Shuts a follower out at once.</summary>
[Cmdlet(VerbsSecurity.Revoke, "CodexportFollower", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(FollowerInfo))]
public sealed class RevokeCodexportFollowerCommand : CodexportChangeCommand
{
    /// <summary>Its id, or its name where only one has it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(FollowerCompleter))]
    [FollowerIdTransformation]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <summary>End the links that were given out as well: whoever kept one cannot join with it again.</summary>
    [Parameter]
    public SwitchParameter RenewInvite { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        // The id tells which machine is meant where several have a name, the name says it to a person.
        var follower = Run(context => new MasterOperations(context).GetFollowerAsync(Name, StopToken));
        if (ShouldProcess($"{follower.Name} ({follower.Id})", RenewInvite ? "Shut the follower out and end all join links" : "Shut the follower out"))
        {
            var result = Run(context => new MasterOperations(context).RevokeFollowerAsync(follower.Id, RenewInvite, StopToken));
            WriteResult(result.Follower);
            if (result.Warning is { } warning)
            {
                WriteWarning(OperationNames.ForCmdlets(warning));
            }
        }
    }
}
