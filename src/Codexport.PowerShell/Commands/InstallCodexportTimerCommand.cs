using System.Management.Automation;
using Codexport.Engine.Results;
using Codexport.Engine.ServiceSetup;

namespace Codexport.PowerShell.Commands;

/// <summary>Has the machine sync by the clock.</summary>
[Cmdlet(VerbsLifecycle.Install, "CodexportTimer", SupportsShouldProcess = true)]
[OutputType(typeof(ServiceChangeResult))]
public sealed class InstallCodexportTimerCommand : ServiceCommand
{
    /// <summary>How often, from one minute to a day: a time span, or a text such as 90s, 15m or 1h.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(IntervalCompleter))]
    [IntervalTransformation]
    public TimeSpan Every { get; set; } = TimerInterval.Default;

    /// <inheritdoc/>
    protected override void Execute()
        => Change("Install the follower's timer", (services, dryRun) => services.InstallTimerAsync(Every, dryRun, StopToken));
}
