using System.Management.Automation;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Commands;

/// <summary>Makes this home the master.</summary>
[Cmdlet(VerbsData.Initialize, "CodexportMaster", SupportsShouldProcess = true)]
[OutputType(typeof(InitResult))]
public sealed class InitializeCodexportMasterCommand : CodexportChangeCommand
{
    /// <summary>The port that it will listen on.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    /// <inheritdoc/>
    protected override void Execute()
    {
        if (ShouldProcess(OpenHome().Home.CodexFolder, "Make this Codex home the master"))
        {
            var result = Run(context => new MasterOperations(context).InitializeAsync(Port, StopToken));
            WriteWarnings(result.Warnings);
            WriteResult(result);
        }
    }
}
