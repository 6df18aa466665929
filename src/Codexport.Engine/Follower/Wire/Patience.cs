using System.Diagnostics;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Follower.Wire;

/// <summary>
/// Ends a read that gets too little for too long: within every idle timeout spent waiting, at least <see cref="MinimumBytes"/> must
/// arrive, or the whole rest. A server that drips single bytes is thus no better off than a silent one.
/// </summary>
internal sealed class Patience(TimeSpan idle) : IDisposable
{
    /// <summary>Bytes that must arrive in each idle timeout: 32 KiB, about 1 KiB a second with the default.</summary>
    public const int MinimumBytes = 32 * 1024;

    private CancellationTokenSource? _source;
    private TimeSpan _waited;
    private long _bytes;

    /// <summary>Begins anew, for the next answer.</summary>
    public void Restart()
    {
        _waited = TimeSpan.Zero;
        _bytes = 0;
    }

    /// <summary>Reads once.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.MasterTimeout"/> or <see cref="ErrorCode.MasterUnreachable"/>.</exception>
    public async ValueTask<int> ReadAsync(Stream stream, Memory<byte> buffer, MasterAddress master, CancellationToken cancellationToken)
    {
        var left = idle - _waited;
        if (left <= TimeSpan.Zero)
        {
            throw MasterErrors.TooSlow(master, "go on with its answer");
        }

        var started = Stopwatch.GetTimestamp();
        var source = _source is { } old && old.TryReset() ? old : _source = new CancellationTokenSource();
        source.CancelAfter(left);
        using var registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), source);
        try
        {
            var count = await stream.ReadAsync(buffer, source.Token);
            Count(count, Stopwatch.GetElapsedTime(started));
            return count;
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw MasterErrors.TooSlow(master, "go on with its answer");
        }
        catch (IOException error)
        {
            throw MasterErrors.BrokenOff(master, error.InnerException ?? error);
        }
        finally
        {
            source.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _source?.Dispose();

    private void Count(int bytes, TimeSpan waited)
    {
        _bytes += bytes;
        _waited += waited;
        if (_bytes >= MinimumBytes)
        {
            Restart();
        }
    }
}
