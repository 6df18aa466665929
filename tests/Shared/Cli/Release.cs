namespace Codexport.Tests.Cli;

/// <summary>What <c>build/release --dry-run</c> made, for the tests of what ships; <c>CODEXPORT_TEST_RELEASE</c> names its folder.</summary>
internal static class Release
{
    /// <summary>The folder; the test is skipped where there is none.</summary>
    public static string Folder
    {
        get
        {
            var folder = Environment.GetEnvironmentVariable("CODEXPORT_TEST_RELEASE");
            Assert.SkipWhen(
                string.IsNullOrEmpty(folder),
                "CODEXPORT_TEST_RELEASE names no release. 'build/release --dry-run' makes one where clang or gcc is, in artifacts/release.");
            return Path.GetFullPath(folder!, Repository.Root);
        }
    }

    /// <summary>The feed of the tool's packages.</summary>
    public static string Tools => Path.Combine(Folder, "tool");

    /// <summary>The native program of this platform.</summary>
    public static string NativeProgram
        => Path.Combine(Folder, "native", PlatformName, OperatingSystem.IsWindows() ? "codexport.exe" : "codexport");

    /// <summary>The portable runtime identifier of this platform, as the release names it.</summary>
    private static string PlatformName => Path.GetFileName(Assert.Single(Directory.GetDirectories(Path.Combine(Folder, "native"))));
}
