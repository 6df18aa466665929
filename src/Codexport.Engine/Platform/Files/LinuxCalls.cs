using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Codexport.Engine.Platform.Files;

/// <summary>System calls of Linux alone.</summary>
[SupportedOSPlatform("linux")]
internal static partial class LinuxCalls
{
    private const int CurrentFolder = -100;
    private const int DoNotFollow = 0x100;
    private const uint BasicStatus = 0x7FF;
    private const uint BasicStatusAndBirth = 0xFFF;

    /// <summary>Type and mode bits, size and time of what stands at a path. Returns 0 or an error number.</summary>
    public static int Status(string path, bool follow, out UnixStatus status)
    {
        var code = ExtendedStatus(CurrentFolder, path, follow ? 0 : DoNotFollow, BasicStatus, out var raw);
        return Interpret(code, raw, out status);
    }

    /// <summary>The same of a name in an open folder.</summary>
    public static int Status(SafeFileHandle folder, string name, bool follow, out UnixStatus status)
    {
        var code = ExtendedStatus(folder, name, follow ? 0 : DoNotFollow, BasicStatus, out var raw);
        return Interpret(code, raw, out status);
    }

    private static int Interpret(int code, in RawStatus raw, out UnixStatus status)
    {
        status = default;
        if (code != 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        status = new UnixStatus(raw.Mode, (long)raw.Size, raw.ModifiedSeconds, raw.ModifiedNanoseconds, raw.ChangedSeconds, raw.ChangedNanoseconds)
        {
            Links = raw.Links,
            Owner = raw.Owner,
            Volume = ((ulong)raw.DeviceMajor << 32) | raw.DeviceMinor,
            Number = raw.Inode,
        };
        return 0;
    }

    /// <summary>Tells one folder from another that took its place, links followed; null when nothing is there.</summary>
    public static FolderIdentity? Identity(string path)
        => ExtendedStatus(CurrentFolder, path, 0, BasicStatusAndBirth, out var raw) == 0
            ? new FolderIdentity(raw.Inode, raw.DeviceMajor, raw.DeviceMinor, raw.BirthSeconds, raw.BirthNanoseconds)
            : null;

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    internal static partial int SyncVolume(int descriptor);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ExtendedStatus(int folder, string path, int flags, uint mask, out RawStatus status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ExtendedStatus(SafeFileHandle folder, string path, int flags, uint mask, out RawStatus status);

    /// <summary>The kernel's <c>struct statx</c>, the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct RawStatus
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(80)]
        public long BirthSeconds;

        [FieldOffset(88)]
        public uint BirthNanoseconds;

        [FieldOffset(96)]
        public long ChangedSeconds;

        [FieldOffset(104)]
        public uint ChangedNanoseconds;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
