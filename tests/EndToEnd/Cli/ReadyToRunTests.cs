using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using Codexport.Loader;

namespace Codexport.Tests.Cli;

public sealed class ReadyToRunTests
{
    [Theory]
    [InlineData("codexport.dll", "")]
    [InlineData("Codexport.Engine.dll", "")]
    [InlineData("Codexport.Server.dll", "")]
    [InlineData("System.CommandLine.dll", "")]
    [InlineData("Tomlyn.dll", "")]
    [InlineData("Codexport.Engine.dll", "host")]
    [InlineData("Codexport.Server.dll", "host")]
    [InlineData("codexport.dll", "host")]
    [InlineData("Tomlyn.dll", "host")]
    public void Build_InRelease_LeavesCompiledImages(string file, string moduleFolder)
    {
        Assert.SkipUnless(Repository.Configuration == "release", "Only a Release build compiles ahead of time.");
        Assert.SkipUnless(
            RuntimeInformation.OSArchitecture is Architecture.X64 or Architecture.Arm64, "There is no compiler package for this platform.");
        var folder = moduleFolder.Length == 0
            ? Path.GetDirectoryName(Repository.Assembly)!
            : Path.Combine(Repository.Module, moduleFolder, PlatformFolder.Name);
        var path = Path.Combine(folder, file);

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
    public void Module_CarriesTheProgram(string file) => Assert.True(File.Exists(Path.Combine(Repository.Module, "host", file)));
}
