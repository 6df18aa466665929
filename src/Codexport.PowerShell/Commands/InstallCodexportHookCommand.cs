using System.Management.Automation;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.HookSetup;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Adds the hook that syncs when a session of Codex starts, in front of all others, and trusts it.</summary>
[Cmdlet(VerbsLifecycle.Install, "CodexportHook", SupportsShouldProcess = true)]
[OutputType(typeof(HookChangeResult))]
public sealed class InstallCodexportHookCommand : CodexportChangeCommand
{
    /// <summary>What the hook starts: the cmdlet in a PowerShell, or the program by its path, which is quicker.</summary>
    [Parameter]
    public HookRunner Runner { get; set; }

    /// <summary>Leave it to the person to confirm the hook in Codex with /hooks.</summary>
    [Parameter]
    public SwitchParameter NoTrust { get; set; }

    /// <summary>When Codex gives the hook up, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 600)]
    public int TimeoutSeconds { get; set; } = CodexportHook.DefaultTimeout;

    /// <inheritdoc/>
    protected override void Execute()
    {
        var home = OpenHome();
        if (ShouldProcess(home.Home.CodexFolder, "Install the hook that syncs at the start of a session"))
        {
            var program = Runner == HookRunner.Native ? HostProgram.Prepare(home) : null;
            var options = new HookInstallOptions { Runner = Runner, Program = program, Trust = !NoTrust, Timeout = TimeoutSeconds };
            var result = Run(context => new HookOperations(context).InstallAsync(options, StopToken));
            WriteWarnings(result.Warnings);
            WriteResult(result);
        }
    }
}
