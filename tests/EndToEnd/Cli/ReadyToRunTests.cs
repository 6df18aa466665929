using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace Codexport.Tests.Cli;

public sealed class ReadyToRunTests
{
    [Theory]
    [InlineData("codexport.dll", false)]
    [InlineData("Codexport.Engine.dll", false)]
    [InlineData("Codexport.Server.dll", false)]
    [InlineData("System.CommandLine.dll", false)]
    [InlineData("Tomlyn.dll", false)]
    [InlineData("Tomlyn.dll", true)]
    [InlineData("Codexport.PowerShell.dll", true)]
    [InlineData("Codexport.Engine.dll", true)]
    [InlineData("host/codexport.dll", true)]
    public void Build_InRelease_LeavesCompiledImages(string file, bool inModule)
    {
        Assert.SkipUnless(Repository.Configuration == "release", "Only a Release build compiles ahead of time.");
        Assert.SkipUnless(
            RuntimeInformation.OSArchitecture is Architecture.X64 or Architecture.Arm64, "There is no compiler package for this platform.");
        var path = Path.Combine(inModule ? Repository.Module : Path.GetDirectoryName(Repository.Program)!, file);

        using var reader = new PEReader(File.OpenRead(path));

        Assert.True(reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0, $"{path} holds IL only.");
    }

    [Theory]
    [InlineData("codexport.dll")]
    [InlineData("codexport.deps.json")]
    [InlineData("codexport.runtimeconfig.json")]
    [InlineData("Codexport.Engine.dll")]
    [InlineData("Codexport.Server.dll")]
    [InlineData("System.CommandLine.dll")]
    [InlineData("Tomlyn.dll")]
    [InlineData("NOTICE")]
    public void Module_CarriesTheProgram(string file) => Assert.True(File.Exists(Path.Combine(Repository.Module, "host", file)));
}
