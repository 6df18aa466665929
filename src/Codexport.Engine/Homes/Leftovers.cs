using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Homes;

/// <summary>
/// Sweeps what a killed process left of a write: files under Codexport's own temporary names, which tell the process that wrote them. One of a
/// process that runs stays, unless nobody has written to it for long: then another program has the number now.
/// </summary>
internal static class Leftovers
{
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);

    /// <summary>Sweeps some folders, not those below them. The caller holds the lock under which files are written there.</summary>
    /// <param name="context">The disk and the clock.</param>
    /// <param name="folders">The folders.</param>
    /// <param name="isRecovering">Whether an interrupted apply still needs what waits under a name without a process.</param>
    public static void Sweep(EngineContext context, IEnumerable<string> folders, bool isRecovering)
    {
        foreach (var folder in folders)
        {
            try
            {
                SweepFolder(context, folder, isRecovering);
            }
            catch (CodexportException error)
            {
                // What cannot be swept now is tried again at the next start.
                context.Trace?.Invoke($"What an earlier run left in '{folder}' stays for now: {error.Message}");
            }
        }
    }

    private static void SweepFolder(EngineContext context, string folder, bool isRecovering)
    {
        foreach (var entry in context.Files.Enumerate(folder).Where(entry => entry.Kind == EntryKind.File).ToList())
        {
            var name = Path.GetFileName(entry.Path);
            if (!AtomicFile.IsTemporaryName(name))
            {
                continue;
            }

            var writer = AtomicFile.WriterOf(name);
            var isForgotten = context.Time.GetUtcNow().UtcTicks - Math.Max(entry.ModifiedTicks, entry.ChangedTicks) > Forgotten.Ticks;
            if (writer is { } process ? process != Environment.ProcessId && (isForgotten || !IsRunning(process)) : isForgotten && !isRecovering)
            {
                context.Files.DeleteFile(entry.Path);
                context.Trace?.Invoke($"Deleted '{entry.Path}', which a process that has ended left.");
            }
        }
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var running = System.Diagnostics.Process.GetProcessById(process);
            return !running.HasExited;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return false;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Another user's: it runs.
            return true;
        }
    }
}
