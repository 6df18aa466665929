using System.Management.Automation;
using Codexport.Engine.Master.Followers;
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
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void Execute()
    {
        var followers = Run(context => new MasterOperations(context).GetFollowersAsync(StopToken));
        var found = new HashSet<string>();
        foreach (var name in Name)
        {
            var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
            var these = followers.Where(follower => pattern.IsMatch(follower.Name) || pattern.IsMatch(follower.Id)).ToList();
            if (these.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
            {
                WriteError(FollowerRegistry.NotFound(name, isAmbiguous: false));
            }

            WriteEach(these.Where(follower => found.Add(follower.Id)));
        }
    }
}
