using System.Reflection;
using Codexport.Engine.Errors;

namespace Codexport.Tests.Cli;

/// <summary>Where the built things lie.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// The program under test: the one that <c>CODEXPORT_TEST_PROGRAM</c> names, such as a native one, else the one that was built, of the
    /// same configuration as these tests.
    /// </summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("CODEXPORT_TEST_PROGRAM") is { Length: > 0 } path
        ? Path.GetFullPath(path, Root)
        : Path.Combine(ProgramFolder, OperatingSystem.IsWindows() ? "codexport.exe" : "codexport");

    /// <summary>The assembly of the program that was built.</summary>
    public static string Assembly => Path.Combine(ProgramFolder, "codexport.dll");

    /// <summary>The folder that <c>Import-Module</c> takes; a folder for each version is below.</summary>
    public static string ModuleFolder { get; } = Path.Combine(Root, "artifacts", "module", "Codexport");

    /// <summary>The module's files.</summary>
    public static string Module { get; } = Path.Combine(ModuleFolder, ModuleVersion);

    /// <summary>The version of everything, such as <c>0.2.0</c> or <c>0.2.0-dev</c>.</summary>
    public static string Version => typeof(ErrorCode).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Its numbers alone, as PowerShell names the module's folder.</summary>
    public static string ModuleVersion => typeof(ErrorCode).Assembly.GetName().Version!.ToString(3);

    /// <summary>The gallery's package of the module, as the build leaves it.</summary>
    public static string GalleryPackage => Path.Combine(Root, "artifacts", "package", $"Codexport.{Version}.nupkg");

    public static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Name;

    private static string ProgramFolder => Path.Combine(Root, "artifacts", "bin", "Codexport.Cli", Configuration);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Codexport.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run from inside the repository.");
        }

        return folder.FullName;
    }
}
