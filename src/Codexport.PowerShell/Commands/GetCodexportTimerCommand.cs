using System.Management.Automation;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Shows how the follower's timer stands.</summary>
[Cmdlet(VerbsCommon.Get, "CodexportTimer")]
[OutputType(typeof(TimerStatusResult))]
public sealed class GetCodexportTimerCommand : CodexportCommand
{
    /// <inheritdoc/>
    protected override void Execute()
        => WriteObject(Run(context => ModuleProgram.Open(context, this).GetTimerStatusAsync(StopToken)));
}
