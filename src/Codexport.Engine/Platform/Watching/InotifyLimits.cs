using System.Globalization;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Platform.Watching;

/// <summary>Recognises that Linux has no watches left for a user, and says what helps.</summary>
internal static class InotifyLimits
{
    /// <summary>Folders that a user may watch.</summary>
    public const string Watches = "max_user_watches";

    /// <summary>Programs of a user that may watch.</summary>
    public const string Instances = "max_user_instances";

    private const int TooManyInstances = 24;
    private const int NoSpaceForWatches = 28;
    private const long PlentyOfInstances = 1024;
    private const long PlentyOfWatches = 1 << 20;

    /// <summary>The typed error for a used-up limit; any other failure as it is.</summary>
    /// <param name="error">What the system's watcher said: its number is the system's own.</param>
    public static Exception Explain(Exception error) => !OperatingSystem.IsLinux() || error is not IOException ? error : error.HResult switch
    {
        NoSpaceForWatches => Exceeded(Watches, "one for each folder", error),
        TooManyInstances => Exceeded(Instances, "one for each program that watches", error),
        _ => error,
    };

    /// <summary>How to raise a limit.</summary>
    /// <param name="limit">Its name below <c>fs.inotify</c>.</param>
    /// <param name="atLeast">What it must allow.</param>
    public static string Remedy(string limit, long atLeast)
    {
        var plenty = limit == Watches ? PlentyOfWatches : PlentyOfInstances;
        var setting = string.Create(CultureInfo.InvariantCulture, $"fs.inotify.{limit}={Math.Max(plenty, 2 * atLeast)}");
        return $"Run 'sudo sysctl {setting}', and put the line '{setting}' into /etc/sysctl.d/60-inotify.conf so that it lasts; or end programs that watch many folders.";
    }

    /// <summary>What a limit is now; 0 when that is not told.</summary>
    /// <param name="limit">Its name below <c>fs.inotify</c>.</param>
    /// <param name="processes">Where the kernel tells it.</param>
    public static long Present(string limit, string processes = "/proc")
    {
        try
        {
            var text = File.ReadAllText(Path.Join(processes, "sys/fs/inotify", limit));
            return long.TryParse(text, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var value) ? value : 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Said without the number then.
            return 0;
        }
    }

    private static CodexportException Exceeded(string limit, string use, Exception error)
    {
        var present = Present(limit);
        var now = present > 0 ? string.Create(CultureInfo.InvariantCulture, $", now {present}") : string.Empty;
        return new CodexportException(
            ErrorCode.WatchLimitReached,
            $"Linux has no file watches left for this user (fs.inotify.{limit}{now}; {use}).",
            Remedy(limit, present),
            "fs.inotify." + limit,
            error);
    }
}
