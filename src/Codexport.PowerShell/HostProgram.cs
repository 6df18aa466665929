using Codexport.Engine;

namespace Codexport.PowerShell;

/// <summary>The program <c>codexport</c> that comes with the module, in its <c>host</c> folder.</summary>
internal static class HostProgram
{
    /// <summary>Its absolute path as a program of this platform; null when the module came without it.</summary>
    public static string? Path
    {
        get
        {
            var path = InHost(OperatingSystem.IsWindows() ? "codexport.exe" : "codexport");
            return File.Exists(path) ? path : null;
        }
    }

    /// <summary>Its assembly, which 'dotnet' runs on every platform.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RuntimeMissing"/>.</exception>
    public static string Assembly
    {
        get
        {
            var path = InHost("codexport.dll");
            return File.Exists(path)
                ? path
                : throw new CodexportException(ErrorCode.RuntimeMissing, $"The module came without its program '{path}'.", "Install the module again.", path);
        }
    }

    private static string InHost(string name)
        => System.IO.Path.Join(System.IO.Path.GetDirectoryName(typeof(HostProgram).Assembly.Location), "host", name);
}
