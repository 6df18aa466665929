using System.Management.Automation;
using Codexport.Engine.Follower.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Lists the backups, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "CodexportBackup")]
[OutputType(typeof(BackupInfo))]
public sealed class GetCodexportBackupCommand : CodexportCommand
{
    /// <summary>Which ones; wildcards are allowed.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(BackupCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "*";

    /// <inheritdoc/>
    protected override void Execute()
    {
        if (!WildcardPattern.ContainsWildcardCharacters(Name))
        {
            WriteObject(Run(context => new FollowerOperations(context).GetBackupAsync(Name, StopToken)));
            return;
        }

        var pattern = new WildcardPattern(Name, WildcardOptions.IgnoreCase);
        var backups = Run(context => new FollowerOperations(context).GetBackupsAsync(StopToken));
        WriteEach(backups.Where(backup => pattern.IsMatch(backup.Name)));
    }
}
