namespace Codexport.Engine.Platform.Files;

/// <summary>
/// When the time of a file says too little: one that was written right before it was looked at may be written once more and keep its time,
/// because the file system's clock has not moved on. Such a file counts as unknown. This is the one rule for all that is remembered by size
/// and time.
/// </summary>
public static class FreshTime
{
    // Clocks of file systems tick every few milliseconds, at most every sixteen.
    private static readonly long Tick = TimeSpan.FromMilliseconds(20).Ticks;

    // A time in whole seconds comes from a file system that counts in seconds or pairs of them.
    private static readonly long CoarseTick = TimeSpan.FromSeconds(3).Ticks;

    /// <summary>Whether a file may yet be written again without its time showing it.</summary>
    /// <param name="entry">The file.</param>
    /// <param name="lookedAt">When it was looked at, before anything of it was read; UTC ticks.</param>
    public static bool IsTooYoung(in FileEntry entry, long lookedAt) => IsTooYoung(entry.ModifiedTicks, entry.ChangedTicks, lookedAt);

    /// <summary>Whether a file with these times may yet be written again without its time showing it.</summary>
    /// <param name="modified">When its content was written, UTC ticks.</param>
    /// <param name="changed">When anything about it was changed, UTC ticks; 0 where the system does not tell.</param>
    /// <param name="lookedAt">When it was looked at, before anything of it was read; UTC ticks.</param>
    public static bool IsTooYoung(long modified, long changed, long lookedAt)
    {
        var newest = Math.Max(modified, changed);
        return lookedAt - newest <= (newest % TimeSpan.TicksPerSecond == 0 ? CoarseTick : Tick);
    }
}
