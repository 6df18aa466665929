using System.Management.Automation;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Applies the staged revision, or goes back to one that is still kept.</summary>
[Cmdlet(VerbsLifecycle.Install, "CodexportRevision", SupportsShouldProcess = true)]
[OutputType(typeof(SyncResult))]
public sealed class InstallCodexportRevisionCommand : CodexportChangeCommand
{
    /// <summary>The revision's hash or the beginning of it; without it the staged one.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RevisionCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Revision { get; set; }

    /// <summary>Back up and replace files that are already there and differ, at the first apply.</summary>
    [Parameter]
    public SwitchParameter Adopt { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(OpenHome().Home.CodexFolder, $"Apply {(Revision is null ? "the staged revision" : $"revision {Revision}")}"))
        {
            var result = AskToAdopt(Adopt, adopt => Run(context => new FollowerOperations(context).ApplyAsync(Revision, adopt, StopToken)));
            WriteWarnings(result.Warnings);
            WriteChanges(result.Changes);
            WriteResult(result);
        }
    }
}
