using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.ServiceSetup;

/// <summary>
/// A file that lets a server run while it is there, for platforms that cannot ask a program to end; and beside it a lock that the server
/// holds while it runs.
/// </summary>
public sealed class RunFile : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stop;
    private readonly IDisposable _lock;

    private RunFile(EngineContext context, string path, IDisposable held, CancellationToken cancellationToken)
    {
        _lock = held;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = WatchAsync(context, path, _stop);
    }

    /// <summary>Cancelled when the file is gone, or with the token that was given.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Takes the lock and watches the file.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.Busy"/> when another server holds it.</exception>
    public static RunFile Hold(EngineContext context, string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var held = context.Files.TryLock(LockOf(path)) ?? throw new CodexportException(
            ErrorCode.Busy, $"Another server runs for '{path}'.", "Wait until it has ended, or end it.", path);
        return new RunFile(context, path, held, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _lock.Dispose();
        _stop.Dispose();
    }

    /// <summary>Whether a server holds the lock.</summary>
    internal static bool IsHeld(IFileSystem files, string path)
    {
        if (files.TryGetEntry(LockOf(path)) is null)
        {
            return false;
        }

        using var taken = files.TryLock(LockOf(path));
        return taken is null;
    }

    private static string LockOf(string path) => path + ".lock";

    private static async Task WatchAsync(EngineContext context, string path, CancellationTokenSource stop)
    {
        var token = stop.Token;
        try
        {
            while (context.Files.TryGetEntry(path) is not null)
            {
                await Task.Delay(LookEvery, context.Time, token).ConfigureAwait(false);
            }

            await stop.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The server has ended already.
            return;
        }
    }
}
