using System.Runtime.InteropServices;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Native;

namespace Codexport.Engine.Platform.Files;

/// <summary>Turns what the operating system says into the engine's typed errors: one place for all platforms.</summary>
internal static class FileErrors
{
    private const string DiskFullRemedy = "Free some space on this disk, then run the command again.";

    /// <summary>Whether an exception is one that disk work throws.</summary>
    public static bool IsFileError(Exception error)
        => error is IOException or UnauthorizedAccessException or System.Security.SecurityException or NotSupportedException;

    /// <summary>The typed error for an exception of the base class library.</summary>
    public static CodexportException Translate(Exception error, string path, bool writing)
        => Make(Classify(error), Reason(error), path, writing, error);

    /// <summary>The typed error for an error number of a system call.</summary>
    public static CodexportException FromErrno(int errno, string path, bool writing)
        => Translate(new IOException(Marshal.GetPInvokeErrorMessage(errno), errno), path, writing);

    /// <summary>The error for something that stands where a file or folder is wanted.</summary>
    public static CodexportException Blocked(string path, string what, Exception? inner = null) => new(
        ErrorCode.PathBlocked,
        $"'{path}' is {what}, so Codexport does not touch it.",
        "Move it away or replace it with a regular file or folder, then run the command again.",
        path,
        inner);

    /// <summary>The error for a link that is followed to a place where nothing can be written, such as the store of a package manager.</summary>
    public static CodexportException LinkUnwritable(string link, string target, Exception? inner = null) => new(
        ErrorCode.FileUnwritable,
        $"'{link}' is a link to '{target}', and nothing can be written there.",
        "Replace the link by a copy of the file, or make what it leads to on the master too and leave the file out of the export.",
        link,
        inner)
    {
        Details = [new("link", link), new("target", target)],
    };

    /// <summary>Says that the disk has too little room.</summary>
    public static CodexportException DiskFull(string path, string detail, Exception? inner = null)
        => new(ErrorCode.DiskFull, $"The disk that holds '{path}' is full: {detail}.", DiskFullRemedy, path, inner);

    /// <summary>Whether the cause of an error is that the file or its folder is not there.</summary>
    public static bool IsMissing(CodexportException error) => error.InnerException is FileNotFoundException or DirectoryNotFoundException;

    /// <summary>Whether another process has the file open on Windows, which a short wait often cures.</summary>
    public static bool IsSharingViolation(Exception error)
        => OperatingSystem.IsWindows() && error is IOException && (error.HResult & 0xFFFF) is 32 or 33;

    /// <summary>Does disk work whose failures become typed errors.</summary>
    public static void Guard(string path, bool writing, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (IsFileError(error))
        {
            throw Translate(error, path, writing);
        }
    }

    /// <summary>Does disk work whose failures become typed errors, and gives its result.</summary>
    public static T Guard<T>(string path, bool writing, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (IsFileError(error))
        {
            throw Translate(error, path, writing);
        }
    }

    private static CodexportException Make(ErrorCode code, string reason, string path, bool writing, Exception error) => code switch
    {
        ErrorCode.DiskFull => DiskFull(path, reason, error),
        ErrorCode.PathBlocked => Blocked(path, "in the way (" + reason + ")", error),
        _ when writing => new CodexportException(
            ErrorCode.FileUnwritable,
            $"'{path}' could not be written: {reason}.",
            "Check its permissions and those of its folder, and that no other program holds it open.",
            path,
            error),
        _ => new CodexportException(
            ErrorCode.FileUnreadable,
            $"'{path}' could not be read: {reason}.",
            "Check that it is there and that you may read it.",
            path,
            error),
    };

    /// <summary>DiskFull, PathBlocked, or FileUnwritable for all the rest.</summary>
    private static ErrorCode Classify(Exception error)
    {
        if (error is not IOException || error is FileNotFoundException or DirectoryNotFoundException)
        {
            return ErrorCode.FileUnwritable;
        }

        var isFull = OperatingSystem.IsWindows()
            ? (error.HResult & 0xFFFF) is 112 or 39 or 1295
            : error.HResult == Errno.NoSpace || error.HResult == Errno.QuotaExceeded;
        var isBlocked = OperatingSystem.IsWindows()
            ? (error.HResult & 0xFFFF) is 80 or 183 or 267 or 681 or 1921
            : error.HResult == Errno.Loop || error.HResult is Errno.NotDirectory or Errno.IsDirectory or Errno.Exists;
        return isFull ? ErrorCode.DiskFull : isBlocked ? ErrorCode.PathBlocked : ErrorCode.FileUnwritable;
    }

    private static string Reason(Exception error)
    {
        if (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return "it is not there";
        }

        if (error is UnauthorizedAccessException)
        {
            return "access is denied";
        }

        if (!OperatingSystem.IsWindows() && error.HResult is > 0 and < 1024)
        {
            // The library's own message repeats the path; the system's text alone reads better inside our sentence.
            return Marshal.GetPInvokeErrorMessage(error.HResult).TrimEnd('.');
        }

        return error.Message.TrimEnd('.');
    }
}
