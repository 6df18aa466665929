using System.Management.Automation;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Lists the machines that follow this master.</summary>
[Cmdlet(VerbsCommon.Get, "CodexportFollower")]
[OutputType(typeof(FollowerInfo))]
public sealed class GetCodexportFollowerCommand : CodexportCommand
{
    /// <summary>Which ones, by name or id; wildcards are allowed.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FollowerCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "*";

    /// <inheritdoc/>
    protected override void Execute()
    {
        var pattern = new WildcardPattern(Name, WildcardOptions.IgnoreCase);
        var isPattern = WildcardPattern.ContainsWildcardCharacters(Name);
        var followers = Run(context => new MasterOperations(context).GetFollowersAsync(StopToken));
        var found = followers.Where(follower => pattern.IsMatch(follower.Name) || pattern.IsMatch(follower.Id)).ToList();
        if (found.Count == 0 && !isPattern)
        {
            found.Add(Run(context => new MasterOperations(context).GetFollowerAsync(Name, StopToken)));
        }

        WriteObject(found, enumerateCollection: true);
    }
}
