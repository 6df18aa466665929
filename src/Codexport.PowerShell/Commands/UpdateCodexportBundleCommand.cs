using System.Management.Automation;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Scans the master's Codex home and publishes a revision if something changed.</summary>
[Cmdlet(VerbsData.Update, "CodexportBundle", SupportsShouldProcess = true)]
[OutputType(typeof(RebuildResult))]
public sealed class UpdateCodexportBundleCommand : CodexportChangeCommand
{
    /// <summary>Publish also when a top-level item or many files are gone.</summary>
    [Parameter]
    public SwitchParameter AcceptDeletions { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(OpenHome().Home.CodexFolder, "Publish what changed"))
        {
            var result = Run(context => new MasterOperations(context).RebuildAsync(AcceptDeletions, StopToken));
            WriteWarnings(result.Warnings);
            WriteVerboseEach("Add", result.Added);
            WriteVerboseEach("Update", result.Changed);
            WriteVerboseEach("Remove", result.Removed);
            WriteResult(result);
        }
    }

    private void WriteVerboseEach(string action, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            WriteVerbose($"{action} {ForeignText.Name(path)}");
        }
    }
}
