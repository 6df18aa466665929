using System.Management.Automation;
using Codexport.Engine.Follower;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Shows what an apply would change and what was changed locally: one object a change.</summary>
[Cmdlet(VerbsData.Compare, "CodexportFollower")]
[OutputType(typeof(ChangeInfo))]
public sealed class CompareCodexportFollowerCommand : CodexportCommand
{
    /// <inheritdoc/>
    protected override void Execute()
    {
        var result = Run(context => new FollowerOperations(context).CompareAsync(StopToken));
        WriteWarnings(result.Warnings);
        foreach (var hook in result.NewlyTrustedHooks)
        {
            WriteWarning($"Codex would run this hook from then on: {hook}");
        }

        WriteObject(result.Changes, enumerateCollection: true);
    }
}
