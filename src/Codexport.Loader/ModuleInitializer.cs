using System.Management.Automation;
using System.Runtime.Loader;

namespace Codexport.Loader;

/// <summary>What PowerShell runs before it loads the cmdlets, which need the engine at once.</summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    private const string Cmdlets = "Codexport.PowerShell";

    /// <inheritdoc/>
    public void OnImport()
    {
        ThrowIfAnotherVersionIsLoaded();
        EngineLoadContext.Register();
    }

    // A process keeps an assembly for good, whatever Remove-Module says; PowerShell itself only tells that it could not load a file.
    private static void ThrowIfAnotherVersionIsLoaded()
    {
        var own = typeof(ModuleInitializer).Assembly.GetName().Version;
        foreach (var assembly in AssemblyLoadContext.Default.Assemblies)
        {
            if (assembly.GetName() is { Name: Cmdlets } loaded && loaded.Version != own)
            {
                throw new InvalidOperationException(
                    $"This session has loaded Codexport {loaded.Version?.ToString(3)} already and cannot take {own?.ToString(3)} in its place. "
                        + "Start a new PowerShell session and import it there.");
            }
        }
    }
}
