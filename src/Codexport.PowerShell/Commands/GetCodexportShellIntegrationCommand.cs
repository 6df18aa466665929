using System.Management.Automation;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Shows in which shells <c>codex</c> syncs before it starts.</summary>
[Cmdlet(VerbsCommon.Get, "CodexportShellIntegration")]
[OutputType(typeof(ShellIntegrationInfo))]
public sealed class GetCodexportShellIntegrationCommand : ShellIntegrationCommand
{
    /// <inheritdoc/>
    protected override void Execute() => WriteEach(
        MyInvocation.BoundParameters.ContainsKey(nameof(Shell)) ? OpenShells().GetStatus().Where(item => Shell.Contains(item.Shell)) : OpenShells().GetStatus());
}
