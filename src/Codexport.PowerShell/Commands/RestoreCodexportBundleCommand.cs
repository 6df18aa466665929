using System.Management.Automation;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Publishes an earlier revision as the newest, to everybody.</summary>
[Cmdlet(VerbsData.Restore, "CodexportBundle", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RollbackResult))]
public sealed class RestoreCodexportBundleCommand : CodexportChangeCommand
{
    /// <summary>The revision to go back to, or its first digits.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BundleCompleter))]
    [ValidateNotNullOrEmpty]
    public string Revision { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(Revision, "Publish this revision again, to every follower"))
        {
            WriteResult(Run(context => new MasterOperations(context).RollbackAsync(Revision, StopToken)));
        }
    }
}
