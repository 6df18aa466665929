using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Codexport.Engine.Platform.Files;

/// <summary>Calls of Linux and macOS on a name in an open folder: whatever becomes of the folder's path meanwhile, they reach that folder.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixFolderCalls
{
    private static readonly bool IsMac = OperatingSystem.IsMacOS();

    // Linux has two sets of numbers for these; the architectures that .NET runs on and that have the second one are named.
    private static readonly bool HasOtherNumbers = RuntimeInformation.ProcessArchitecture
        is Architecture.Arm64 or Architecture.Arm or Architecture.Armv6 or Architecture.Ppc64le;

    private static readonly int FolderOnly = IsMac ? 0x100000 : HasOtherNumbers ? 0x4000 : 0x10000;
    private static readonly int NoLink = IsMac ? 0x100 : HasOtherNumbers ? 0x8000 : 0x20000;
    private static readonly int NoWait = IsMac ? 0x4 : 0x800;
    private static readonly int AtEnd = IsMac ? 0x8 : 0x400;
    private static readonly int MakeNew = IsMac ? 0x200 | 0x800 : 0x40 | 0x80;
    private static readonly int RemoveFolderFlag = IsMac ? 0x80 : 0x200;

    // On Linux a folder can be passed through that must not be listed.
    private static readonly int PassThrough = IsMac ? 0 : 0x200000;

    /// <summary>Opens a folder by its path, links followed where that is wanted; invalid when that fails.</summary>
    public static SafeFileHandle OpenFolder(string path, bool follow)
        => Open(path, PassThrough | FolderOnly | UnixCalls.CloseOnExec | (follow ? 0 : NoLink));

    /// <summary>Opens a folder in a folder, to pass through it; invalid when that fails.</summary>
    public static SafeFileHandle OpenFolder(SafeFileHandle folder, string name)
        => OpenAt(folder, name, PassThrough | FolderOnly | NoLink | UnixCalls.CloseOnExec);

    /// <summary>Opens a folder in a folder so that it can be flushed; "." opens the folder itself.</summary>
    public static SafeFileHandle OpenFolderForFlush(SafeFileHandle folder, string name)
        => OpenAt(folder, name, FolderOnly | NoLink | UnixCalls.CloseOnExec);

    /// <summary>Opens a file for reading; a link at the name is followed where that is wanted. A pipe is not waited for.</summary>
    public static SafeFileHandle OpenForReading(SafeFileHandle folder, string name, bool follow)
        => OpenAt(folder, name, NoWait | UnixCalls.CloseOnExec | (follow ? 0 : NoLink));

    /// <summary>Opens a file for writing at its end; no link is followed.</summary>
    public static SafeFileHandle OpenForAppending(SafeFileHandle folder, string name) => OpenAt(folder, name, 1 | AtEnd | NoWait | NoLink | UnixCalls.CloseOnExec);

    /// <summary>Opens a file for reading and writing; no link is followed.</summary>
    public static SafeFileHandle OpenForLocking(SafeFileHandle folder, string name)
        => OpenAt(folder, name, UnixCalls.ReadWrite | NoWait | NoLink | UnixCalls.CloseOnExec);

    /// <summary>Makes a file that is not there, not even as a link, and opens it for writing.</summary>
    public static SafeFileHandle MakeFile(SafeFileHandle folder, string name, UnixFileMode mode)
    {
        var flags = 1 | MakeNew | NoLink | UnixCalls.CloseOnExec;

        // The mode is an argument beyond the declared ones of C, which Apple passes on the stack, behind the eight that fit into registers.
        return IsMac && RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? OpenAtOnAppleSilicon(folder, name, flags, 0, 0, 0, 0, 0, (nint)mode)
            : OpenAt(folder, name, flags, (uint)mode);
    }

    /// <summary>Deletes a name of a file or link, or an empty folder.</summary>
    public static int Remove(SafeFileHandle folder, string name, bool isFolder) => Unlink(folder, name, isFolder ? RemoveFolderFlag : 0);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeFolder(SafeFileHandle folder, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(SafeFileHandle folder, string name, SafeFileHandle newFolder, string newName);

    /// <summary>Gives a file a second name, which must not be there.</summary>
    public static int Link(SafeFileHandle folder, string name, SafeFileHandle newFolder, string newName) => Link(folder, name, newFolder, newName, 0);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeLink(string target, SafeFileHandle folder, string name);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenAt(SafeFileHandle folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenAt(SafeFileHandle folder, string name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenAtOnAppleSilicon(
        SafeFileHandle folder, string name, int flags, nint fourth, nint fifth, nint sixth, nint seventh, nint eighth, nint mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unlink(SafeFileHandle folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(SafeFileHandle folder, string name, SafeFileHandle newFolder, string newName, int flags);
}
