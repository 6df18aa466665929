using System.ComponentModel;
using System.Diagnostics;

namespace Codexport.Engine.Platform.Processes;

/// <summary>Asks the desktop to show a file with the program that the person has chosen for its kind.</summary>
internal static class FileOpener
{
    /// <summary>Asks; false where there is no desktop, or it has nothing to show the file with.</summary>
    public static bool TryOpen(string file)
    {
        // Without a desktop the system's helper would start a browser for terminals in this one.
        if (OperatingSystem.IsLinux() && IsEmpty("DISPLAY") && IsEmpty("WAYLAND_DISPLAY"))
        {
            return false;
        }

        try
        {
            using var started = Process.Start(new ProcessStartInfo(file) { UseShellExecute = true });
            return true;
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException)
        {
            return false;
        }

        static bool IsEmpty(string variable) => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
    }
}
