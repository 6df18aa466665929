using System.Management.Automation;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Shows the fleet in the browser: a page that the running master serves to this machine alone.</summary>
[Cmdlet(VerbsCommon.Show, "CodexportDashboard")]
[OutputType(typeof(DashboardResult))]
public sealed class ShowCodexportDashboardCommand : CodexportCommand
{
    /// <summary>Start no browser; write the address.</summary>
    [Parameter]
    public SwitchParameter NoOpen { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        var result = Run(context => new MasterOperations(context).OpenDashboardAsync(open: !NoOpen, StopToken));
        if (!result.Opened)
        {
            WriteObject(result);
        }

        if (!result.Opened && !NoOpen)
        {
            WriteWarnings(["No browser could be started here. Open the address in one on this machine, within two minutes; it lets in once."]);
        }
    }
}
