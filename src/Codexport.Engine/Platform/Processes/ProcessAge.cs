using System.Diagnostics;

namespace Codexport.Engine.Platform.Processes;

/// <summary>How long this process has been running, from before its own first line of code on.</summary>
public static class ProcessAge
{
    /// <summary>The time since the system started it; zero where the system's clock was set back meanwhile.</summary>
    public static TimeSpan Read()
    {
        using var process = Process.GetCurrentProcess();
        var age = DateTime.Now - process.StartTime;
        return age > TimeSpan.Zero ? age : TimeSpan.Zero;
    }
}
