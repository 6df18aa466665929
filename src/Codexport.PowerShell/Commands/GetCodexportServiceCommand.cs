using System.Management.Automation;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Shows how the master's service stands.</summary>
[Cmdlet(VerbsCommon.Get, "CodexportService")]
[OutputType(typeof(ServiceStatusResult))]
public sealed class GetCodexportServiceCommand : CodexportCommand
{
    /// <inheritdoc/>
    protected override void Execute()
        => WriteObject(Run(context => ModuleProgram.Open(context, this).GetMasterStatusAsync(StopToken)));
}
