using System.Management.Automation;
using Codexport.Engine.Results;
using Codexport.Engine.Shells;

namespace Codexport.PowerShell;

/// <summary>What the cmdlets of the shell integration share.</summary>
public abstract class ShellIntegrationCommand : CodexportCommand
{
    /// <summary>The shells that it works on.</summary>
    [Parameter(Position = 0)]
    public ShellKind[] Shell { get; set; } = [ShellKind.Pwsh];

    /// <summary>The operations for the home that the parameters name, on the profile of this PowerShell.</summary>
    /// <param name="isChanging">Whether a block is about to be written.</param>
    protected ShellOperations OpenShells(bool isChanging = false)
    {
        var context = OpenHome();
        return new ShellOperations(context)
        {
            Program = isChanging ? HostProgram.Prepare(context) : HostProgram.Find(context),
            PwshProfile = HomePath is null
                ? (SessionState.PSVariable.GetValue("PROFILE") as PSObject ?? PSObject.AsPSObject(string.Empty)).Properties["CurrentUserAllHosts"]?.Value as string
                : null,
        };
    }
}
