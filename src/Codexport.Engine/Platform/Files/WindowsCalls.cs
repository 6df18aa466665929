using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Codexport.Engine.Platform.Files;

/// <summary>Calls of Windows that the base class library does not offer, and its habit of short sharing violations.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsCalls
{
    private const int Attempts = 8;
    private const int FirstWaitMilliseconds = 5;

    /// <summary>
    /// Runs an action again after short growing waits (0.6 s in all) while a virus scanner or indexer holds the file.
    /// </summary>
    public static void WithRetries(string path, Action action)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                action();
                return;
            }
            catch (UnauthorizedAccessException) when (attempt == 1 && ClearReadOnly(path))
            {
                // A read-only file cannot be replaced or deleted before that attribute is off.
            }
            catch (Exception error) when (
                attempt < Attempts && (error is UnauthorizedAccessException || FileErrors.IsSharingViolation(error)))
            {
                Thread.Sleep(FirstWaitMilliseconds << (attempt - 1));
            }
        }
    }

    /// <summary>Bytes that this user may write in a folder's volume, quotas and network shares included; null when Windows does not say.</summary>
    public static long? FreeSpace(string directory)
        => GetDiskFreeSpace(directory, out var available, out _, out _) ? (long)Math.Min(available, long.MaxValue) : null;

    private static bool ClearReadOnly(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || !file.IsReadOnly)
        {
            return false;
        }

        file.IsReadOnly = false;
        return true;
    }

    [LibraryImport("kernel32", EntryPoint = "GetDiskFreeSpaceExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetDiskFreeSpace(string directory, out ulong available, out ulong total, out ulong totalFree);
}
