using Codexport.Engine.Errors;
using Codexport.Engine.Homes;

namespace Codexport.Engine.Master.Identity;

/// <summary>Whoever builds, signs a head or changes the key holds it: one at a time, over all processes.</summary>
internal static class BuildLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits for the lock, and finishes a change of keys that was interrupted.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.Busy"/> when it stays held.</exception>
    public static async Task<IDisposable> AcquireAsync(EngineContext context, CancellationToken cancellationToken)
    {
        var started = context.Time.GetTimestamp();
        while (true)
        {
            if (TryAcquire(context) is { } held)
            {
                return SweepHolding(context, held);
            }

            if (context.Time.GetElapsedTime(started) > Patience)
            {
                throw new CodexportException(
                    ErrorCode.Busy, "Another rebuild of this master is at work.", "Wait until it is done, then try again.", PathOf(context));
            }

            await Task.Delay(Pause, context.Time, cancellationToken);
        }
    }

    /// <summary>Takes the lock if nobody holds it, and finishes a change of keys that was interrupted; null when somebody does.</summary>
    public static IDisposable? TryAcquire(EngineContext context)
    {
        var held = context.Files.TryLock(PathOf(context));
        try
        {
            if (held is not null)
            {
                KeyChange.Repair(context);
            }

            return held;
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    // A temporary file of a killed process may hold a key.
    private static IDisposable SweepHolding(EngineContext context, IDisposable held)
    {
        try
        {
            var master = context.Home.MasterFolder;
            Leftovers.Sweep(
                context, [context.Home.StateFolder, context.Home.MachineStateFolder, master, Path.Combine(master, "revisions")], isRecovering: true);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static string PathOf(EngineContext context) => Path.Combine(context.Home.MasterFolder, "build.lock");
}
