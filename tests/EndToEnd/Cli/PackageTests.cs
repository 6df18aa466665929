using System.IO.Compression;
using Codexport.Loader;

namespace Codexport.Tests.Cli;

/// <summary>What is published: exactly these files, no more and no fewer.</summary>
public sealed class PackageTests
{
    private static readonly string[] Program =
        ["codexport.dll", "codexport.deps.json", "codexport.runtimeconfig.json", "Codexport.Engine.dll", "Codexport.Server.dll",
            "System.CommandLine.dll", "Tomlyn.dll", "QRCoder.dll", "Spectre.Console.dll", "Spectre.Console.Ansi.dll",
            "AWSSDK.Core.dll", "AWSSDK.Extensions.Numerics.dll", "AWSSDK.S3.dll", "Azure.Core.dll", "Azure.Storage.Blobs.dll", "Azure.Storage.Common.dll",
            "Microsoft.Bcl.AsyncInterfaces.dll", "System.ClientModel.dll", "System.IO.Hashing.dll", "System.Memory.Data.dll"];

    private static readonly string[] Allowed =
    [
        "Codexport.psd1", "Codexport.Format.ps1xml", "Codexport.Types.ps1xml", "Codexport.PowerShell.dll", "Codexport.Loader.dll", "LICENSE", "NOTICE",
        "en-US/Codexport.PowerShell.dll-Help.xml", "en-US/about_Codexport.help.txt", "en-US/about_CodexportTrust.help.txt",
        "en-US/about_CodexportLocalState.help.txt", "en-US/about_CodexportRecovery.help.txt",
        "en-US/about_CodexportService.help.txt",
        "examples/Join-CodexportFleet.ps1",
        .. Program.Select(name => $"host/{name}"),
        .. Program.Append(OperatingSystem.IsWindows() ? "codexport.exe" : "codexport").Select(name => $"host/{PlatformFolder.Name}/{name}"),
    ];

    [Fact]
    public void ModuleFolder_HoldsExactlyWhatItMay()
        => Assert.Equal(
            Allowed.Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Repository.ModuleFolder, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Repository.Module, file).Replace('\\', '/')).Order(StringComparer.Ordinal));

    [Fact]
    public void GalleryPackage_HoldsTheModuleAndItsOwnParts()
    {
        using var package = ZipFile.OpenRead(Repository.GalleryPackage);
        var own = package.Entries.Select(entry => entry.FullName)
            .Where(name => name is not ("[Content_Types].xml" or "_rels/.rels" or "Codexport.nuspec") && !name.StartsWith("package/", StringComparison.Ordinal));

        Assert.Equal(Allowed.Order(StringComparer.Ordinal), own.Order(StringComparer.Ordinal));
        foreach (var name in new[] { "Codexport.psd1", "Codexport.PowerShell.dll", "host/codexport.dll" })
        {
            using var packed = package.GetEntry(name)!.Open();
            using var buffer = new MemoryStream();
            packed.CopyTo(buffer);
            Assert.Equal(File.ReadAllBytes(Path.Combine(Repository.Module, name)), buffer.ToArray());
        }
    }
}
