using System.Runtime.CompilerServices;

namespace Codexport.Tests.Cmdlets;

/// <summary>What this process must not take from the person who runs the tests, and what its children inherit.</summary>
internal static class CmdletProcess
{
    [ModuleInitializer]
    internal static void Prepare()
    {
        Environment.SetEnvironmentVariable("CODEX_HOME", null);
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");

        // A killed .NET process leaves the pipes for its debuggers behind in the temporary folder; without diagnostics it makes none.
        Environment.SetEnvironmentVariable("DOTNET_EnableDiagnostics", "0");
    }
}
