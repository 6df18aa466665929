using System.Management.Automation;
using System.Management.Automation.Host;
using Codexport.Engine.Errors;
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
            var roots = Ask();
            var result = Run(context => new MasterOperations(context).InitializeAsync(Port, roots, StopToken));
            WriteWarnings(result.Warnings);
            WriteResult(result);
        }
    }

    private List<string> Ask()
    {
        var allowed = new List<string>();
        foreach (var folder in Run(context => new MasterOperations(context).FindLinkedFoldersAsync(StopToken)))
        {
            var links = ForeignText.Line(string.Join(", ", folder.Links.Take(5)));
            if (IsAllowed($"Links of the Codex home lead into '{ForeignText.Line(folder.Folder)}' ({links}). May what they lead to go to the followers?"))
            {
                allowed.Add(folder.Folder);
            }
        }

        return allowed;
    }

    // Where nobody can be asked, the warning of the result names the folder and the line to write.
    private bool IsAllowed(string question)
    {
        try
        {
            return !(Host.Name == "ConsoleHost" && Console.IsInputRedirected) && ShouldContinue(question, "Links out of the Codex home");
        }
        catch (Exception error) when (error is HostException or PSInvalidOperationException or NotImplementedException)
        {
            return false;
        }
    }
}
