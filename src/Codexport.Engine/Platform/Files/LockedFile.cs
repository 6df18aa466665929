using System.Runtime.Versioning;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Platform.Files;

/// <summary>Locks on files of this machine's disk; the system gives them back when their process ends.</summary>
internal static class LockedFile
{
    /// <summary>Takes the lock, making the file if needed; null when somebody else holds it.</summary>
    public static IDisposable? TryTake(string path) => FileErrors.Guard(path, writing: true, () =>
    {
        if (OperatingSystem.IsWindows())
        {
            return TryTakeOnWindows(path);
        }

        if (EntryProbe.TryGet(path, follow: true) is null)
        {
            Make(path);
        }

        FileOpening.RefuseSpecial(path);
        return UnixCalls.TryLockExisting(path);
    });

    private static void Make(string path)
    {
        try
        {
            FileOpening.New(path, FilePermission.Private, FileShare.ReadWrite).Dispose();
        }
        catch (CodexportException) when (EntryProbe.TryGet(path, follow: true) is not null)
        {
            // Another process made it at the same moment, or has locked it before this one had opened it: it serves as well.
        }
    }

    [SupportedOSPlatform("windows")]
    private static FileStream? TryTakeOnWindows(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException error) when (InUse.IsSharingViolation(error.HResult & 0xFFFF))
        {
            return null;
        }
    }
}
