using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Codexport.Engine.Platform.Native;

namespace Codexport.Engine.Platform.Files;

/// <summary>The few system calls of Linux and macOS that the base class library does not offer.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixCalls
{
    /// <summary>The flag that opens for reading and writing.</summary>
    internal const int ReadWrite = 2;

    private const int LockExclusiveNonBlocking = 2 | 4;
    private const int Unlock = 8;

    /// <summary>The flag that keeps a descriptor from the programs that are started.</summary>
    internal static int CloseOnExec => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    /// <summary>Renames, never falling back to copying.</summary>
    public static void RenameOver(string source, string destination)
    {
        if (Rename(source, destination) != 0)
        {
            throw FileErrors.FromErrno(Marshal.GetLastPInvokeError(), destination, writing: true);
        }
    }

    /// <summary>Opens a folder, runs a flush call on it, closes it. False when the call is not there for this file system.</summary>
    public static bool FlushFolder(string directory, Func<int, int> flush)
    {
        var descriptor = Retry(() => Open(directory, CloseOnExec));
        if (descriptor < 0)
        {
            throw FileErrors.FromErrno(Marshal.GetLastPInvokeError(), directory, writing: true);
        }

        try
        {
            return Flush(descriptor, directory, flush);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Runs a flush call on an open folder. False when the call is not there for this file system.</summary>
    public static bool Flush(int descriptor, string directory, Func<int, int> flush)
    {
        if (Retry(() => flush(descriptor)) == 0)
        {
            return true;
        }

        var errno = Marshal.GetLastPInvokeError();
        return errno is Errno.Invalid or Errno.ReadOnlyVolume || errno == Errno.NotSupported || errno == Errno.NoSystemCall
            ? false
            : throw FileErrors.FromErrno(errno, directory, writing: true);
    }

    /// <inheritdoc cref="TryLockOpened"/>
    public static IDisposable? TryLockExisting(string path)
    {
        var descriptor = Retry(() => Open(path, ReadWrite | CloseOnExec));
        return descriptor >= 0 ? TryLockOpened(descriptor, path) : throw FileErrors.FromErrno(Marshal.GetLastPInvokeError(), path, writing: true);
    }

    /// <summary>
    /// Takes an exclusive lock that ends with the descriptor, hence with the process; null when somebody else has it. It belongs to the
    /// open file, not to the process, so two users within one process exclude each other too. The descriptor goes with the lock, or at once.
    /// </summary>
    public static IDisposable? TryLockOpened(int descriptor, string path)
    {
        if (Retry(() => FileLock(descriptor, LockExclusiveNonBlocking)) == 0)
        {
            return new HeldLock(descriptor);
        }

        var errno = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        return errno == Errno.WouldBlock ? null : throw FileErrors.FromErrno(errno, path, writing: true);
    }

    /// <summary>Makes a folder and those above it that are missing.</summary>
    public static void MakeFolders(string path, UnixFileMode mode)
    {
        if (MakeFolder(path, (uint)mode) == 0)
        {
            return;
        }

        var errno = Marshal.GetLastPInvokeError();
        if (errno == Errno.NotFound && Path.GetDirectoryName(path) is { } parent)
        {
            MakeFolders(parent, mode);
            MakeFolders(path, mode);
            return;
        }

        if (errno != Errno.Exists || EntryProbe.TryGet(path, follow: true) is not { Kind: EntryKind.Directory })
        {
            throw FileErrors.FromErrno(errno, path, writing: true);
        }
    }

    /// <summary>Whether the user may write to what stands at a path; 0 when so. 2 asks for writing.</summary>
    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int SyncFile(int descriptor);

    [LibraryImport("libc", EntryPoint = "umask")]
    internal static partial int SetUmask(int mask);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint UserId();

    /// <summary>Makes a call again that a signal interrupted.</summary>
    internal static int Retry(Func<int> call)
    {
        int result;
        do
        {
            result = call();
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        return result;
    }

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFolder(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string source, string destination);

    // Without O_CREAT there is no third argument, so the variadic call of C is safe to make on every architecture.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FileLock(int descriptor, int operation);

    private sealed class HeldLock(int descriptor) : IDisposable
    {
        private int _descriptor = descriptor;

        ~HeldLock() => Release();

        public void Dispose()
        {
            Release();
            GC.SuppressFinalize(this);
        }

        private void Release()
        {
            var open = Interlocked.Exchange(ref _descriptor, -1);
            if (open >= 0)
            {
                // Closing alone would leave the lock to a child that was just forked and has not begun its program yet.
                _ = FileLock(open, Unlock);
                _ = Close(open);
            }
        }
    }
}
