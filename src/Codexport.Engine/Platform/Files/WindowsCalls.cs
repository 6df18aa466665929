using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Codexport.Engine.Platform.Paths;
using Microsoft.Win32.SafeHandles;

namespace Codexport.Engine.Platform.Files;

/// <summary>Calls of Windows that the base class library does not offer.</summary>
[SupportedOSPlatform("windows")]
internal static partial class WindowsCalls
{
    private const uint ConsoleCodePage = 1;
    private const uint DeleteAccess = 0x10000;
    private const uint BackupSemantics = 0x02000000;
    private const uint OpenReparsePoint = 0x00200000;
    private const uint OpenExisting = 3;
    private const uint ListFolder = 0x1;
    private const uint ReadAttributes = 0x80;
    private const int LongestPath = 32768;

    /// <summary>Does disk work with the patience of <see cref="InUse"/>; a read-only file or folder is made writable first.</summary>
    public static void WithRetries(string path, Action action) => InUse.Retry(action, () => ClearReadOnly(path), Thread.Sleep);

    /// <summary>Fails as replacing or deleting a file or folder would, while another program holds it open and does not share that.</summary>
    public static void RequireReplaceable(string path)
    {
        using var handle = CreateFile(
            path, DeleteAccess, FileShare.ReadWrite | FileShare.Delete, 0, OpenExisting, BackupSemantics | OpenReparsePoint, 0);
        var error = handle.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
        if (InUse.IsSharingViolation(error))
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(error), unchecked((int)0x80070000) | error);
        }
    }

    /// <summary>
    /// Opens a folder, a link as itself where that is wanted, and holds it: until it is closed nobody can move it away or put another in its
    /// place. Invalid when it cannot be opened.
    /// </summary>
    public static SafeFileHandle HoldFolder(string path, bool follow) => CreateFile(
        WindowsPath.Exactly(path), ListFolder | ReadAttributes, FileShare.ReadWrite, 0, OpenExisting,
        BackupSemantics | (follow ? 0 : OpenReparsePoint), 0);

    /// <summary>Where an open file or folder really is, without the prefix of literal paths; null when the system does not say.</summary>
    public static string? FinalPath(SafeFileHandle handle)
    {
        var buffer = new ushort[LongestPath];
        var length = GetFinalPathNameByHandle(handle, buffer, buffer.Length, 0);
        return length is > 0 and < LongestPath ? WindowsPath.Plain(new string(MemoryMarshal.Cast<ushort, char>(buffer.AsSpan(0, length)))) : null;
    }

    /// <summary>Where a file that stands at a path really is; null when it cannot be opened.</summary>
    public static string? FinalPath(string path)
    {
        using var handle = CreateFile(
            WindowsPath.Exactly(path), ReadAttributes, FileShare.ReadWrite | FileShare.Delete, 0, OpenExisting, BackupSemantics | OpenReparsePoint, 0);
        return handle.IsInvalid ? null : FinalPath(handle);
    }

    /// <summary>Text in the code page that consoles begin with; null when the system cannot read it.</summary>
    public static string? FromConsoleCodePage(ReadOnlySpan<byte> bytes)
    {
        // Two bytes a character: nothing that the call takes needs to be translated for it.
        var text = new ushort[bytes.Length];
        var length = bytes.IsEmpty ? 0 : MultiByteToWideChar(ConsoleCodePage, 0, bytes, bytes.Length, text, text.Length);
        return length == 0 ? null : new string(MemoryMarshal.Cast<ushort, char>(text.AsSpan(0, length)));
    }

    /// <summary>Bytes that this user may write in a folder's volume, quotas and network shares included; null when Windows does not say.</summary>
    public static long? FreeSpace(string directory)
        => GetDiskFreeSpace(directory, out var available, out _, out _) ? (long)Math.Min(available, long.MaxValue) : null;

    private static bool ClearReadOnly(string path)
    {
        var entry = new FileInfo(path);
        var attributes = entry.Attributes;
        if (attributes == (FileAttributes)(-1) || (attributes & FileAttributes.ReadOnly) == 0)
        {
            return false;
        }

        entry.Attributes = attributes & ~FileAttributes.ReadOnly;
        return true;
    }

    [LibraryImport("kernel32", EntryPoint = "GetDiskFreeSpaceExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetDiskFreeSpace(string directory, out ulong available, out ulong total, out ulong totalFree);

    [LibraryImport("kernel32", EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateFile(
        string path, uint access, FileShare share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int MultiByteToWideChar(uint codePage, uint flags, ReadOnlySpan<byte> bytes, int count, Span<ushort> text, int length);

    [LibraryImport("kernel32", EntryPoint = "GetFinalPathNameByHandleW", SetLastError = true)]
    private static partial int GetFinalPathNameByHandle(SafeFileHandle handle, Span<ushort> path, int length, uint flags);
}
