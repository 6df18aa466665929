using Codexport.Engine.Errors;

namespace Codexport.PowerShell.Serving;

/// <summary>
/// The .NET host that runs the program. PowerShell brings a runtime of its own, which is no use to another process and has no ASP.NET Core.
/// </summary>
internal static class DotnetProgram
{
    private static string FileName => OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";

    /// <summary>Its absolute path: from DOTNET_ROOT, the PATH, or where installers put it.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RuntimeMissing"/>.</exception>
    public static string Find() => TryFind() ?? throw Missing("No 'dotnet' was found.");

    /// <summary>Its absolute path, or null when there is none.</summary>
    public static string? TryFind()
    {
        var root = Environment.GetEnvironmentVariable("DOTNET_ROOT");
        var folders = root is { Length: > 0 }
            ? [root]
            : (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Concat(UsualFolders());
        return folders.Where(Path.IsPathFullyQualified).Select(folder => Path.Join(folder, FileName)).FirstOrDefault(File.Exists);
    }

    /// <summary>The error that says what to install.</summary>
    public static CodexportException Missing(string said) => new(
        ErrorCode.RuntimeMissing,
        $"The server needs the ASP.NET Core {Environment.Version.Major} runtime, which is not on this machine. {said}".TrimEnd(),
        $"Install the ASP.NET Core {Environment.Version.Major} runtime (https://dotnet.microsoft.com/download/dotnet/10.0, or the package "
            + $"'aspnetcore-runtime-{Environment.Version.Major}.0'), or set DOTNET_ROOT to the folder that holds it.",
        "Microsoft.AspNetCore.App");

    private static IEnumerable<string> UsualFolders()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return OperatingSystem.IsWindows()
            ? [Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "dotnet"), Path.Join(home, ".dotnet")]
            : ["/usr/local/share/dotnet", "/usr/share/dotnet", "/usr/lib/dotnet", Path.Join(home, ".dotnet")];
    }
}
