using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Codexport.Engine.Platform.Native;

/// <summary>What happened, as inotify says it.</summary>
[Flags]
internal enum InotifyMask : uint
{
    Modified = 0x2,
    AttributesChanged = 0x4,
    ClosedAfterWrite = 0x8,
    MovedFrom = 0x40,
    MovedTo = 0x80,
    Created = 0x100,
    Deleted = 0x200,
    Overflow = 0x4000,
    Ignored = 0x8000,
    OnlyFolders = 0x100_0000,
    DoNotFollow = 0x200_0000,
    WithoutUnlinked = 0x400_0000,
    IsFolder = 0x4000_0000,
}

/// <summary>The system calls of inotify.</summary>
[SupportedOSPlatform("linux")]
internal static partial class InotifyCalls
{
    private const int CloseOnExecute = 0x80000;

    /// <summary>A new instance.</summary>
    /// <exception cref="IOException">There is none to be had; its <see cref="Exception.HResult"/> is the error number.</exception>
    public static SafeFileHandle Create()
    {
        var descriptor = Initialize(CloseOnExecute);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure(Marshal.GetLastPInvokeError(), "inotify");
    }

    /// <summary>The failure that an error number stands for.</summary>
    public static IOException Failure(int errno, string what) => new($"{what}: {Marshal.GetPInvokeErrorMessage(errno)}", errno);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AddWatch(SafeFileHandle instance, string path, InotifyMask mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int RemoveWatch(SafeFileHandle instance, int watch);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle instance, ref byte buffer, nint length);

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int Initialize(int flags);
}
