using Codexport.Engine.Errors;

namespace Codexport.Tests.Cli;

/// <summary>Where the built things lie.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The built program, of the same configuration as these tests.</summary>
    public static string Program { get; } = Path.Combine(
        Root, "artifacts", "bin", "Codexport.Cli", Configuration, OperatingSystem.IsWindows() ? "codexport.exe" : "codexport");

    /// <summary>The folder that <c>Import-Module</c> takes; a folder for each version is below.</summary>
    public static string ModuleFolder { get; } = Path.Combine(Root, "artifacts", "module", "Codexport");

    /// <summary>The module's files.</summary>
    public static string Module { get; } = Path.Combine(ModuleFolder, Version);

    /// <summary>The version of everything.</summary>
    public static string Version => typeof(ErrorCode).Assembly.GetName().Version!.ToString(3);

    public static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Name;

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
