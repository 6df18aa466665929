using System.Collections;
using System.Management.Automation;

namespace Codexport.PowerShell;

/// <summary>
/// The views and types of the results, given to the session with the first result that is written. In the manifest's
/// <c>FormatsToProcess</c> and <c>TypesToProcess</c> they would be loaded at every import, where PowerShell builds all its own views anew: the
/// hook's command would pay for what it never shows.
/// </summary>
internal static class SessionData
{
    private const string Loaded = "SessionDataLoaded";

    /// <summary>Loads both unless this import of the module has done so. A result comes without them where the session takes no more.</summary>
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
            Run("Update-FormatData", "UpdateFormatDataCommand", Path.Combine(module.ModuleBase, "Codexport.Format.ps1xml"));
            Run("Update-TypeData", "UpdateTypeDataCommand", Path.Combine(module.ModuleBase, "Codexport.Types.ps1xml"));
        }
        catch (Exception error) when (error is RuntimeException or TypeLoadException or IOException)
        {
            cmdlet.WriteVerbose($"The views of Codexport's results could not be loaded; results are shown as plain lists. {error.Message}");
        }
    }

    // By its type: by its name PowerShell would import the whole of Microsoft.PowerShell.Utility first, which takes three times as long. The
    // session's preferences are for what the person does: nothing is asked or printed here.
    private static void Run(string name, string type, string file)
    {
        using var shell = System.Management.Automation.PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand(new CmdletInfo(name, Type.GetType($"Microsoft.PowerShell.Commands.{type}, Microsoft.PowerShell.Commands.Utility", throwOnError: true)))
            .AddParameter("PrependPath", WildcardPattern.Escape(file))
            .AddParameter("WhatIf", false)
            .AddParameter("Confirm", false)
            .AddParameter("ErrorAction", ActionPreference.Stop)
            .Invoke();
    }
}
