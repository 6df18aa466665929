using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Processes;

namespace Codexport.PowerShell;

/// <summary>The program <c>codexport</c> that comes with the module, in its <c>host</c> folder.</summary>
internal static class HostProgram
{
    /// <summary>
    /// The absolute path of a program that this platform can start, the module's own or the one on the path; null when there is none. A
    /// gallery's package is built on one platform and keeps no execute bit, so the file alone says nothing.
    /// </summary>
    public static string? Find(EngineContext context)
        => ProgramFinder.Find(context.Files, context.Environment, InHost(OperatingSystem.IsWindows() ? "codexport.exe" : "codexport")) ?? ProgramFinder.Find(context.Files, context.Environment, "codexport");

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
        => Path.Join(Path.GetDirectoryName(typeof(HostProgram).Assembly.Location), "host", name);
}
