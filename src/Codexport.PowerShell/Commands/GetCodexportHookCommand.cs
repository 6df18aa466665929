using System.Management.Automation;
using Codexport.Engine.HookSetup;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Shows how the hook stands on disk, and what Codex itself says.</summary>
[Cmdlet(VerbsCommon.Get, "CodexportHook")]
[OutputType(typeof(HookStatusResult))]
public sealed class GetCodexportHookCommand : CodexportCommand
{
    /// <inheritdoc/>
    protected override void Execute() => WriteObject(Run(context => new HookOperations(context).GetStatusAsync(StopToken)));
}
