using System.Management.Automation;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Lets a waiting follower in.</summary>
[Cmdlet(VerbsLifecycle.Approve, "CodexportFollower", SupportsShouldProcess = true)]
[OutputType(typeof(FollowerInfo))]
public sealed class ApproveCodexportFollowerCommand : CodexportChangeCommand
{
    /// <summary>Its id, or its name where only one has it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(FollowerCompleter))]
    [FollowerIdTransformation]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override void Execute()
    {
        // The id tells which machine is meant where several have a name, the name says it to a person.
        var follower = Run(context => new MasterOperations(context).GetFollowerAsync(Name, StopToken));
        if (ShouldProcess($"{follower.Name} ({follower.Id})", "Let the follower in"))
        {
            WriteResult(Run(context => new MasterOperations(context).ApproveFollowerAsync(follower.Id, StopToken)));
        }
    }
}
