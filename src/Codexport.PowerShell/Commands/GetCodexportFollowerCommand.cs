using System.Management.Automation;
using Codexport.Engine.Master;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Lists the machines that follow this master.</summary>
[Cmdlet(VerbsCommon.Get, "CodexportFollower")]
[OutputType(typeof(FollowerInfo))]
public sealed class GetCodexportFollowerCommand : CodexportCommand
{
    /// <summary>Which ones; wildcards are allowed.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FollowerCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "*";

    /// <inheritdoc/>
    protected override void Execute()
    {
        var pattern = new WildcardPattern(Name, WildcardOptions.IgnoreCase);
        var followers = Run(context => new MasterOperations(context).GetFollowersAsync(StopToken));
        WriteObject(followers.Where(follower => pattern.IsMatch(follower.Name)), enumerateCollection: true);
    }
}
