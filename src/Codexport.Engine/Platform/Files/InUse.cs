namespace Codexport.Engine.Platform.Files;

/// <summary>
/// What another program holds open on Windows: a virus scanner or an indexer for a moment, an editor or a running program for long, a shell
/// that works in a folder. It is tried again for some seconds; then the error names it.
/// </summary>
internal static class InUse
{
    private const int FirstWaitMilliseconds = 5;
    private const int LongestWaitMilliseconds = 500;

    /// <summary>How long it is tried again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Whether an error number of Windows says that another program has the file, or a part of it, for itself.</summary>
    public static bool IsSharingViolation(int error) => error is 32 or 33;

    /// <summary>Whether an exception says so, or may say so: a file that waits for its deletion, or a running program, is an access that is denied.</summary>
    public static bool IsLikely(Exception error)
        => error is UnauthorizedAccessException || (error is IOException && IsSharingViolation(error.HResult & 0xFFFF));

    /// <summary>Whether a typed error came of something that is in use.</summary>
    public static bool IsCause(Exception error) => error.InnerException is { } cause && IsLikely(cause);

    /// <summary>Does something again after growing waits while it is in use.</summary>
    /// <param name="action">What is done.</param>
    /// <param name="clear">Takes away what may be in the way otherwise, such as a read-only mark; true when it did something.</param>
    /// <param name="wait">Waits.</param>
    public static void Retry(Action action, Func<bool> clear, Action<TimeSpan> wait)
    {
        var waited = TimeSpan.Zero;
        for (var next = FirstWaitMilliseconds; ; next = Math.Min(next * 2, LongestWaitMilliseconds))
        {
            try
            {
                action();
                return;
            }
            catch (UnauthorizedAccessException) when (waited == TimeSpan.Zero && clear())
            {
                // What was in the way is gone.
            }
            catch (Exception error) when (waited < Patience && IsLikely(error))
            {
                var pause = TimeSpan.FromMilliseconds(next);
                wait(pause);
                waited += pause;
            }
        }
    }
}
