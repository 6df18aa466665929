using System.Runtime.InteropServices;

namespace Codexport.Loader;

/// <summary>The folder that holds what is made for this platform alone, beside what every platform can load.</summary>
internal static class PlatformFolder
{
    /// <summary>Its name, the portable runtime identifier; a runtime built by a distribution calls itself by the distribution's name.</summary>
    public static string Name { get; } = $"{System}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    private static string System
        => OperatingSystem.IsWindows() ? "win"
        : OperatingSystem.IsMacOS() ? "osx"
        : RuntimeInformation.RuntimeIdentifier.StartsWith("linux-musl", StringComparison.Ordinal)
            || RuntimeInformation.RuntimeIdentifier.StartsWith("alpine", StringComparison.Ordinal) ? "linux-musl"
        : "linux";

    /// <summary>A file of a folder in this platform's form, else in the form for all; null when there is neither.</summary>
    public static string? Find(string folder, string file)
    {
        var own = Path.Join(folder, Name, file);
        var any = Path.Join(folder, file);
        return File.Exists(own) ? own : File.Exists(any) ? any : null;
    }
}
