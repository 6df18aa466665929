using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Tests.Cli;

namespace Codexport.Tests;

public sealed class LayoutTests
{
    [Fact]
    public void Engine_ReferencesTheBaseClassLibraryAndTomlynOnly()
    {
        var foreign = typeof(ErrorCode).Assembly.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && name != "System" && name != "Microsoft.Win32.Primitives");
        Assert.Equal(["Tomlyn"], foreign);
    }

    [Fact]
    public void PowerShellTool_IsTheOneThatTheTestsRun()
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, ".config", "dotnet-tools.json")));
        Assert.Equal(PowerShellTool.Version, manifest.RootElement.GetProperty("tools").GetProperty("powershell").GetProperty("version").GetString());
    }
}
