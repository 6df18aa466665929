using System.Globalization;
using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace Codexport.Tests.Cli;

/// <summary>
/// Whatever ships loads wherever it may end up: IL for all, and what is made for one platform in a folder named for it. A runtime refuses an
/// image with another platform's machine as a whole; it does not fall back to the IL inside.
/// </summary>
public sealed partial class ShippedPlatformTests
{
    // How a compiled image says which system it is for: the processor's machine combined with these bits.
    private static readonly Dictionary<string, int> Systems = new() { ["win"] = 0, ["linux"] = 0x7B79, ["linux-musl"] = 0x7B79, ["osx"] = 0x4644 };
    private static readonly Dictionary<string, int> Processors = new() { ["x64"] = 0x8664, ["arm64"] = 0xAA64, ["x86"] = 0x014C, ["arm"] = 0x01C4 };

    public static TheoryData<string> Packages
        => [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "artifacts", "package"), "*.nupkg").Select(file => Path.GetFileName(file)!)];

    [Fact]
    public void Module_LoadsEverywhere()
    {
        var files = Directory.EnumerateFiles(Repository.Module, "*", SearchOption.AllDirectories).ToList();
        Assert.Contains(files, file => file.EndsWith(".dll", StringComparison.Ordinal));
        Assert.Empty(files.Select(file => Complaint(Path.GetRelativePath(Repository.Module, file), File.ReadAllBytes(file))).OfType<string>());
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void Package_LoadsEverywhere(string name) => AssertLoadsEverywhere(Path.Combine(Repository.Root, "artifacts", "package", name));

    /// <summary>Module and tool, with the native programs that only a release holds.</summary>
    [Fact]
    public void PackagesOfARelease_LoadEverywhere()
    {
        var packages = Directory.GetFiles(Release.Folder, "*.nupkg", SearchOption.AllDirectories);
        Assert.True(packages.Length >= 4, string.Join(", ", packages));
        Assert.All(packages, AssertLoadsEverywhere);
        // Each native program is in its tool's package and in its archive, one of them in the module as well.
        Assert.All(Directory.GetDirectories(Path.Combine(Release.Folder, "native")), folder => Assert.All(
            Directory.GetFiles(folder, "codexport*"), file => Assert.Null(Complaint(Path.GetRelativePath(Release.Folder, file), File.ReadAllBytes(file)))));
    }

    [Theory]
    [InlineData("Codexport.Engine.dll", false)]
    [InlineData("host/Codexport.Engine.dll", false)]
    [InlineData("tools/net10.0/any/Codexport.Engine.dll", false)]
    [InlineData("host/win-arm64/Codexport.Engine.dll", false)]
    [InlineData("host/linux-x64/Codexport.Engine.dll", true)]
    public void Complaint_OfAnImageForLinuxOnX64_ComesOutsideItsFolder(string path, bool isRight)
        => Assert.Equal(isRight, Complaint(path, ImageFor(0x8664 ^ 0x7B79)) is null);

    [Theory]
    [InlineData("host/codexport", false)]
    [InlineData("host/linux-x64/codexport", true)]
    [InlineData("host/linux-musl-x64/codexport", true)]
    [InlineData("host/linux-arm64/codexport", false)]
    [InlineData("host/osx-x64/codexport", false)]
    [InlineData("host/win-x64/codexport.exe", false)]
    public void Complaint_OfANativeProgram_ComesOutsideItsPlatformsFolder(string path, bool isRight)
        => Assert.Equal(isRight, Complaint(path, [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, .. new byte[10], 0x3E, 0]) is null);

    [Theory]
    [InlineData("host/osx-arm64/codexport", true)]
    [InlineData("host/osx-x64/codexport", false)]
    [InlineData("host/linux-arm64/codexport", false)]
    public void Complaint_OfAProgramForMacOS_ComesOutsideItsPlatformsFolder(string path, bool isRight)
        => Assert.Equal(isRight, Complaint(path, [0xCF, 0xFA, 0xED, 0xFE, 0x0C, 0, 0, 1]) is null);

    /// <summary>What is wrong with a file, by where it lies; null when nothing is.</summary>
    private static string? Complaint(string path, byte[] content)
    {
        var platform = Platform().Match(path.Replace('\\', '/'));
        if (!content.AsSpan().StartsWith("MZ"u8))
        {
            return NativePlatform(content) is not { } native || (platform.Success && native == Kind(platform)) ? null : $"{path} is a program for {native} alone.";
        }

        using var image = new PEReader(new MemoryStream(content));
        var headers = image.PEHeaders;
        var isPlain = headers.CorHeader is { ManagedNativeHeaderDirectory.Size: 0 } managed
            && managed.Flags.HasFlag(CorFlags.ILOnly) && !managed.Flags.HasFlag(CorFlags.Requires32Bit)
            && headers.CoffHeader.Machine == Machine.I386;
        var machine = (int)headers.CoffHeader.Machine;
        return isPlain || platform.Success && machine == (Processors[platform.Groups[2].Value] ^ Systems[platform.Groups[1].Value])
            ? null
            : $"{path} is for the machine 0x{machine:X4} alone.";
    }

    /// <summary>System and processor of a program of Linux or macOS, by its header; null for every other file.</summary>
    private static (string System, string Processor)? NativePlatform(ReadOnlySpan<byte> content)
        => content.StartsWith((ReadOnlySpan<byte>)[0x7F, (byte)'E', (byte)'L', (byte)'F'])
            ? ("linux", BitConverter.ToUInt16(content[18..]) switch { 0x3E => "x64", 0xB7 => "arm64", var other => other.ToString(CultureInfo.InvariantCulture) })
            : content.StartsWith((ReadOnlySpan<byte>)[0xCF, 0xFA, 0xED, 0xFE])
                ? ("osx", BitConverter.ToUInt32(content[4..]) switch { 0x0100_0007 => "x64", 0x0100_000C => "arm64", var other => other.ToString(CultureInfo.InvariantCulture) })
                : null;

    // The header does not tell which C library a program of Linux asks for.
    private static (string System, string Processor) Kind(Match platform)
        => (platform.Groups[1].Value == "linux-musl" ? "linux" : platform.Groups[1].Value, platform.Groups[2].Value);

    private static void AssertLoadsEverywhere(string file)
    {
        using var package = ZipFile.OpenRead(file);
        Assert.Empty(package.Entries.Where(entry => entry.Length > 0).Select(entry => Complaint(entry.FullName, Read(entry))).OfType<string>());
    }

    /// <summary>This test's own assembly with another machine in its header.</summary>
    private static byte[] ImageFor(int machine)
    {
        var content = File.ReadAllBytes(typeof(ShippedPlatformTests).Assembly.Location);
        var header = BitConverter.ToInt32(content, 0x3C) + 4;
        BitConverter.GetBytes((ushort)machine).CopyTo(content, header);
        return content;
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var buffer = new MemoryStream();
        using var stream = entry.Open();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }

    [GeneratedRegex("(?:^|/)(win|linux-musl|linux|osx)-(x64|arm64|x86|arm)/")]
    private static partial Regex Platform();
}
