using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Identity;

/// <summary>One change of the master's followers and invite at a time, over all processes.</summary>
internal static class MasterLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);

    /// <summary>Waits a little for the lock: whoever holds it does so for milliseconds.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.Busy"/> when it stays held.</exception>
    public static async Task<IDisposable> AcquireAsync(EngineContext context, CancellationToken cancellationToken)
    {
        var path = Path.Combine(context.Home.MasterFolder, "followers.lock");
        var started = context.Time.GetTimestamp();
        while (context.Time.GetElapsedTime(started) < Patience)
        {
            if (FileLock.TryAcquire(context.Files, path) is { } held)
            {
                return held;
            }

            await Task.Delay(Pause, context.Time, cancellationToken);
        }

        return FileLock.Acquire(context.Files, path);
    }
}
