using System.Diagnostics;

namespace Codexport.Engine.Follower.Wire;

/// <summary>A moment by which something must be done, on the clock that never jumps.</summary>
internal readonly struct Deadline(TimeSpan budget)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TimeSpan _budget = budget;

    /// <summary>What is left; never negative.</summary>
    public TimeSpan Left
    {
        get
        {
            var left = _budget - Stopwatch.GetElapsedTime(_started);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Whether nothing is left.</summary>
    public bool IsOver => Left == TimeSpan.Zero;

    /// <summary>What is left, as <see cref="System.Net.Sockets.Socket.Poll(int, System.Net.Sockets.SelectMode)"/> takes it.</summary>
    public int Microseconds => (int)Math.Min(int.MaxValue, Left.TotalMicroseconds);

    /// <summary>An equal part of what is left for one of <paramref name="parts"/> tries.</summary>
    public Deadline Share(int parts) => new(Left / parts);
}
