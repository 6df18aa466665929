using System.Management.Automation;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Puts a marked block into the shell's profile that defines <c>codex</c> as a quick sync and then the real program.</summary>
[Cmdlet(VerbsLifecycle.Install, "CodexportShellIntegration", SupportsShouldProcess = true)]
[OutputType(typeof(ShellIntegrationInfo))]
public sealed class InstallCodexportShellIntegrationCommand : ShellIntegrationCommand
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
            var planned = shells.Install(shell, dryRun: true);
            if (!planned.Changed || ShouldProcess(planned.File, "Install the shell integration"))
            {
                var result = OpenShells(isChanging: true).Install(shell);
                if (PassThru)
                {
                    WriteObject(result);
                }
            }
        }
    }
}
