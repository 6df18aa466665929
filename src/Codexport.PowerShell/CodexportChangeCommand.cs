using System.Management.Automation;

namespace Codexport.PowerShell;

/// <summary>The base of the cmdlets that change something: silent, unless the person asks for the result.</summary>
public abstract class CodexportChangeCommand : CodexportCommand
{
    /// <summary>Write what was done.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Writes a result if it is asked for.</summary>
    protected void WriteResult(object result)
    {
        if (PassThru)
        {
            WriteObject(result);
        }
    }
}
