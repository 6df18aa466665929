using System.Management.Automation;
using Codexport.Engine.Diagnostics;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Looks at everything that can be wrong here: one object a finding, with what to do about it. Changes nothing.</summary>
[Cmdlet(VerbsDiagnostic.Test, "CodexportInstallation")]
[OutputType(typeof(DiagnosticFinding), typeof(bool))]
public sealed class TestCodexportInstallationCommand : CodexportCommand
{
    /// <summary>Only whether nothing is broken.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        var report = Run(context => new Doctor(context).RunAsync(report: null, StopToken));
        if (Quiet)
        {
            WriteObject(report.Worst != DiagnosticLevel.Error);
        }
        else
        {
            WriteEach(report.Findings);
        }
    }
}
