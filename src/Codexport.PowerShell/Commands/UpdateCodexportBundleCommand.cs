using System.Management.Automation;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Scans the master's Codex home and publishes a revision if something changed.</summary>
[Cmdlet(VerbsData.Update, "CodexportBundle", SupportsShouldProcess = true)]
[OutputType(typeof(RebuildResult))]
public sealed class UpdateCodexportBundleCommand : RebuildCommand
{
    /// <summary>Publish also when a top-level item or many files are gone.</summary>
    [Parameter]
    public SwitchParameter AcceptDeletions { get; set; }

    /// <summary>Confirm what the scan found, and remember it.</summary>
    [Parameter]
    public SwitchParameter AcceptFindings { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(OpenHome().Home.CodexFolder, "Publish what changed"))
        {
            WriteRebuild(new RebuildOptions { AcceptDeletions = AcceptDeletions, AcceptFindings = AcceptFindings });
        }
    }
}
