using System.Management.Automation;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Puts a follower into a group or ring.</summary>
[Cmdlet(VerbsCommon.Set, "CodexportFollower", SupportsShouldProcess = true)]
[OutputType(typeof(FollowerInfo))]
public sealed class SetCodexportFollowerCommand : CodexportChangeCommand
{
    /// <summary>Its id, or its name where only one has it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id")]
    [ArgumentCompleter(typeof(FollowerCompleter))]
    [FollowerIdTransformation]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <summary>The group that it comes into; an empty text for none.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(GroupCompleter))]
    [AllowEmptyString]
    public string? Group { get; set; }

    /// <summary>The ring that it comes into; an empty text for the last one.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RingCompleter))]
    [AllowEmptyString]
    public string? Ring { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        if (Group is null && Ring is null)
        {
            throw new CodexportException(ErrorCode.InvalidUsage, "Nothing is said of where the follower is to be.", "Give -Group GROUP or -Ring RING.");
        }

        var follower = Run(context => new MasterOperations(context).GetFollowerAsync(Name, StopToken));
        var place = string.Join(", ", new[] { Group is null ? null : $"group '{Group}'", Ring is null ? null : $"ring '{Ring}'" }.OfType<string>());
        if (ShouldProcess($"{follower.Name} ({follower.Id})", $"Put the follower into {place}"))
        {
            WriteResult(Run(context => new MasterOperations(context).SetFollowerAsync(follower.Id, Group, Ring, StopToken)));
        }
    }
}
