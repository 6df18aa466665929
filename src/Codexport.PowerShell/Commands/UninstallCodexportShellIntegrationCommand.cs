using System.Management.Automation;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Removes the block that defines <c>codex</c> as a quick sync and then the real program.</summary>
[Cmdlet(VerbsLifecycle.Uninstall, "CodexportShellIntegration", SupportsShouldProcess = true)]
[OutputType(typeof(ShellIntegrationInfo))]
public sealed class UninstallCodexportShellIntegrationCommand : ShellIntegrationCommand
{
    /// <summary>Write how the integration stands afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        var shells = OpenShells();
        foreach (var shell in Shell)
        {
            var planned = shells.Uninstall(shell, dryRun: true);
            if (!planned.Changed || ShouldProcess(planned.File, "Uninstall the shell integration"))
            {
                var result = shells.Uninstall(shell);
                if (PassThru)
                {
                    WriteObject(result);
                }
            }
        }
    }
}
