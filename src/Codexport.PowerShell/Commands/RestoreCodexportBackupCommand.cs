using System.Management.Automation;
using Codexport.Engine.Follower;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Brings a backup's files back; what they replace is backed up first.</summary>
[Cmdlet(VerbsData.Restore, "CodexportBackup", SupportsShouldProcess = true)]
[OutputType(typeof(RestoreResult))]
public sealed class RestoreCodexportBackupCommand : CodexportCommand
{
    /// <summary>The backup's name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(OpenHome().Home.CodexFolder, $"Restore backup {Name}"))
        {
            WriteObject(Run(context => new FollowerOperations(context).RestoreBackupAsync(Name, StopToken)));
        }
    }
}
