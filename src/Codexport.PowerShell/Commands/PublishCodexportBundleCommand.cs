using System.Management.Automation;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Lets go what waits for review or behind a rollback.</summary>
[Cmdlet(VerbsData.Publish, "CodexportBundle", SupportsShouldProcess = true)]
[OutputType(typeof(RebuildResult))]
public sealed class PublishCodexportBundleCommand : RebuildCommand
{
    /// <summary>Only if this is what would go out, as Compare-CodexportBundle showed it; its first digits do.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("NextRevision")]
    [ValidatePattern("^[0-9a-fA-F]{6,64}$")]
    public string? Revision { get; set; }

    /// <summary>Publish also when a top-level item or many files are gone.</summary>
    [Parameter]
    public SwitchParameter AcceptDeletions { get; set; }

    /// <summary>Confirm what the scan found, and remember it.</summary>
    [Parameter]
    public SwitchParameter AcceptFindings { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(OpenHome().Home.CodexFolder, "Publish what waits"))
        {
            WriteRebuild(new RebuildOptions
            {
                AcceptDeletions = AcceptDeletions,
                AcceptFindings = AcceptFindings,
                ExpectedRevision = Revision,
                Publish = true,
            });
        }
    }
}
