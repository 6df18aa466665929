using System.Management.Automation;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Shows what would go out to the followers, and what holds it back.</summary>
[Cmdlet(VerbsData.Compare, "CodexportBundle")]
[OutputType(typeof(BundleCompareResult))]
public sealed class CompareCodexportBundleCommand : CodexportCommand
{
    /// <summary>Show what the followers of this group would get.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(GroupCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Group { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        var result = Run(context => new MasterOperations(context).CompareAsync(Group, StopToken));
        WriteWarnings(result.Warnings);
        foreach (var hook in result.NewlyTrustedHooks)
        {
            WriteWarning($"Followers would run this hook from then on, because you trust it here: {hook}");
        }

        foreach (var finding in result.Findings)
        {
            WriteWarning($"{finding.Path}, line {finding.Line}: {finding.Message} [{finding.IgnoreEntry.Split(':')[0]}]");
        }

        WriteObject(result);
    }
}
