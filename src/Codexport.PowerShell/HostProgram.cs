using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Processes;
using Codexport.Loader;

namespace Codexport.PowerShell;

/// <summary>The program <c>codexport</c> that comes with the module, in its <c>host</c> folder.</summary>
internal static class HostProgram
{
    /// <summary>
    /// The absolute path of a program that this platform can start, the module's own or the one on the path; null when there is none. A
    /// package is built on one platform and keeps no execute bit, so the file alone says nothing.
    /// </summary>
    public static string? Find(EngineContext context)
        => (PlatformFolder.Find(Host, OperatingSystem.IsWindows() ? "codexport.exe" : "codexport") is { } own ? ProgramFinder.Find(context.Files, context.Environment, own) : null)
            ?? ProgramFinder.Find(context.Files, context.Environment, "codexport");

    /// <summary>
    /// The same, for what is about to be written down: gives the module's own program the execute bit that a package does not keep. Where the
    /// module lies in a folder that the person may not change, it stays as it is.
    /// </summary>
    public static string? Prepare(EngineContext context)
    {
        if (!OperatingSystem.IsWindows() && PlatformFolder.Find(Host, "codexport") is { } own)
        {
            try
            {
                File.SetUnixFileMode(own, File.GetUnixFileMode(own) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                context.Trace?.Invoke($"'{own}' is not made a program. {error.Message}");
            }
        }

        return Find(context);
    }

    /// <summary>Its assembly, which 'dotnet' runs on every platform.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RuntimeMissing"/>.</exception>
    public static string Assembly => PlatformFolder.Find(Host, "codexport.dll")
        ?? throw new CodexportException(ErrorCode.RuntimeMissing, $"The module came without its program in '{Host}'.", "Install the module again.", Host);

    private static string Host => Path.Join(Path.GetDirectoryName(typeof(HostProgram).Assembly.Location), "host");
}
