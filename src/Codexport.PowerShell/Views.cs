using System.Collections;
using System.Management.Automation;

namespace Codexport.PowerShell;

/// <summary>
/// The views of the results, given to the session with the first result that is written. In the manifest's <c>FormatsToProcess</c> they would
/// be loaded at every import, where PowerShell builds all its own views anew: the hook's command would pay for what it never shows.
/// </summary>
internal static class Views
{
    private const string File = "Codexport.Format.ps1xml";
    private const string Loaded = "ViewsLoaded";

    // By its type: by its name PowerShell would import the whole of Microsoft.PowerShell.Utility first, which takes three times as long.
    private const string UpdateFormatData = "Microsoft.PowerShell.Commands.UpdateFormatDataCommand, Microsoft.PowerShell.Commands.Utility";

    /// <summary>Loads the views unless this import of the module has done so. The result comes without them where the session allows no views.</summary>
    public static void Load(PSCmdlet cmdlet)
    {
        // The import keeps the mark itself: it is one session's, and a new import begins without it. The bare assembly has neither.
        if (cmdlet.MyInvocation.MyCommand.Module is not { PrivateData: Hashtable kept } module || kept.ContainsKey(Loaded))
        {
            return;
        }

        kept[Loaded] = true;
        try
        {
            using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
            shell.AddCommand(new CmdletInfo("Update-FormatData", Type.GetType(UpdateFormatData, throwOnError: true)))
                .AddParameter("PrependPath", WildcardPattern.Escape(Path.Combine(module.ModuleBase, File)))
                .AddParameter("WhatIf", false)
                .AddParameter("Confirm", false)
                .AddParameter("ErrorAction", ActionPreference.Stop)
                .Invoke();
        }
        catch (Exception error) when (error is RuntimeException or TypeLoadException or IOException)
        {
            cmdlet.WriteVerbose($"The views of Codexport's results could not be loaded; they are shown as plain lists. {error.Message}");
        }
    }
}
