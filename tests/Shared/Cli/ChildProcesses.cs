using System.Runtime.CompilerServices;

namespace Codexport.Tests.Cli;

/// <summary>
/// What every process that the tests start inherits: the PowerShell of the build first in PATH, and no diagnostics. Many of them are
/// killed, and a killed .NET process or pwsh leaves the pipes for its debuggers behind in the temporary folder; without diagnostics it
/// makes none.
/// </summary>
internal static class ChildProcesses
{
    [ModuleInitializer]
    internal static void Prepare()
    {
        PowerShellTool.PutFirst();
        Environment.SetEnvironmentVariable("DOTNET_EnableDiagnostics", "0");
        Environment.SetEnvironmentVariable("POWERSHELL_DIAGNOSTICS_OPTOUT", "1");
    }
}
