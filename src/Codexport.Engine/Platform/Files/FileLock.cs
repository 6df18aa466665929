using Codexport.Engine.Errors;

namespace Codexport.Engine.Platform.Files;

/// <summary>
/// Locks that the operating system gives back when their process ends, however it ends. The lock file stays: deleting it would let two
/// processes lock two different files of one name.
/// </summary>
internal static class FileLock
{
    /// <summary>Takes the lock, making its folder if needed; null when somebody else holds it.</summary>
    public static IDisposable? TryAcquire(IFileSystem files, string path)
    {
        ArgumentNullException.ThrowIfNull(files);
        files.CreateDirectory(Path.GetDirectoryName(path)!, FilePermission.Private);
        return files.TryLock(path);
    }

    /// <summary>Takes the lock, or fails with <see cref="ErrorCode.Busy"/>.</summary>
    public static IDisposable Acquire(IFileSystem files, string path) => TryAcquire(files, path) ?? throw new CodexportException(
        ErrorCode.Busy,
        $"Another Codexport process is at work here and holds '{path}'.",
        "Wait until it has finished, then run the command again.",
        path);
}
