using System.Management.Automation;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Brings a backup's files back; what they replace is backed up first.</summary>
[Cmdlet(VerbsData.Restore, "CodexportBackup", SupportsShouldProcess = true)]
[OutputType(typeof(RestoreResult))]
public sealed class RestoreCodexportBackupCommand : CodexportChangeCommand
{
    /// <summary>The backup's name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BackupCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(OpenHome().Home.CodexFolder, $"Restore backup {Name}"))
        {
            var result = Run(context => new FollowerOperations(context).RestoreBackupAsync(Name, StopToken));
            WriteWarnings(result.Warnings);
            WriteResult(result);
        }
    }
}
