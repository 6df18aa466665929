using System.Globalization;

namespace Codexport.Engine.Platform;

/// <summary>Recognises that Linux has no watches left for a user, and says what helps.</summary>
internal static class InotifyLimits
{
    private const int TooManyInstances = 24;
    private const int NoSpaceForWatches = 28;
    private const long PlentyOfInstances = 1024;
    private const long PlentyOfWatches = 1 << 20;

    /// <summary>The typed error for a used-up limit; any other failure as it is.</summary>
    /// <param name="error">What the system's watcher said: its number is the system's own.</param>
    public static Exception Explain(Exception error) => !OperatingSystem.IsLinux() || error is not IOException ? error : error.HResult switch
    {
        NoSpaceForWatches => Exceeded("max_user_watches", "one for each folder", PlentyOfWatches, error),
        TooManyInstances => Exceeded("max_user_instances", "one for each program that watches", PlentyOfInstances, error),
        _ => error,
    };

    private static CodexportException Exceeded(string limit, string use, long plenty, Exception error)
    {
        var present = Present(limit);
        var wanted = Math.Max(plenty, 2 * present);
        var setting = string.Create(CultureInfo.InvariantCulture, $"fs.inotify.{limit}={wanted}");
        var now = present > 0 ? string.Create(CultureInfo.InvariantCulture, $", now {present}") : string.Empty;
        return new CodexportException(
            ErrorCode.WatchLimitReached,
            $"Linux has no file watches left for this user (fs.inotify.{limit}{now}; {use}).",
            $"Run 'sudo sysctl {setting}', and put the line '{setting}' into /etc/sysctl.d/60-inotify.conf so that it lasts; or end programs that watch many folders.",
            "fs.inotify." + limit,
            error);
    }

    private static long Present(string limit)
    {
        try
        {
            return long.TryParse(File.ReadAllText("/proc/sys/fs/inotify/" + limit), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value) ? value : 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Said without the number then.
            return 0;
        }
    }
}
