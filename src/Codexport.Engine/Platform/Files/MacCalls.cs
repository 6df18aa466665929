using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Codexport.Engine.Platform.Files;

/// <summary>System calls of macOS alone.</summary>
[SupportedOSPlatform("macos")]
internal static partial class MacCalls
{
    private const int DoNotFollow = 0x20;

    /// <summary>Type and mode bits, size and time of what stands at a path. Returns 0 or an error number.</summary>
    public static int Status(string path, bool follow, out UnixStatus status)
    {
        // On Intel the plain names are the old 32-bit-inode calls; Apple silicon never had those.
        var isIntel = RuntimeInformation.ProcessArchitecture == Architecture.X64;
        RawStatus raw;
        var code = isIntel
            ? follow ? FollowIntel(path, out raw) : LinkIntel(path, out raw)
            : follow ? Follow(path, out raw) : Link(path, out raw);
        return Interpret(code, raw, out status);
    }

    /// <summary>The same of a name in an open folder.</summary>
    public static int Status(SafeFileHandle folder, string name, bool follow, out UnixStatus status)
    {
        RawStatus raw;
        var flags = follow ? 0 : DoNotFollow;
        var code = RuntimeInformation.ProcessArchitecture == Architecture.X64
            ? BelowIntel(folder, name, out raw, flags)
            : Below(folder, name, out raw, flags);
        return Interpret(code, raw, out status);
    }

    private static int Interpret(int code, in RawStatus raw, out UnixStatus status)
    {
        if (code != 0)
        {
            status = default;
            return Marshal.GetLastPInvokeError();
        }

        status = new UnixStatus(raw.Mode, raw.Size, raw.ModifiedSeconds, (uint)raw.ModifiedNanoseconds, raw.ChangedSeconds, (uint)raw.ChangedNanoseconds)
        {
            Links = raw.Links,
            Owner = raw.Owner,
            Volume = (uint)raw.Device,
            Number = raw.Inode,
        };
        return 0;
    }

    [LibraryImport("libc", EntryPoint = "fstatat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int BelowIntel(SafeFileHandle folder, string name, out RawStatus status, int flags);

    [LibraryImport("libc", EntryPoint = "fstatat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Below(SafeFileHandle folder, string name, out RawStatus status, int flags);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FollowIntel(string path, out RawStatus status);

    [LibraryImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkIntel(string path, out RawStatus status);

    [LibraryImport("libc", EntryPoint = "stat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Follow(string path, out RawStatus status);

    [LibraryImport("libc", EntryPoint = "lstat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string path, out RawStatus status);

    /// <summary>Darwin's 64-bit-inode <c>struct stat</c>.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    private struct RawStatus
    {
        [FieldOffset(0)]
        public int Device;

        [FieldOffset(4)]
        public ushort Mode;

        [FieldOffset(6)]
        public ushort Links;

        [FieldOffset(8)]
        public ulong Inode;

        [FieldOffset(16)]
        public uint Owner;

        [FieldOffset(48)]
        public long ModifiedSeconds;

        [FieldOffset(56)]
        public long ModifiedNanoseconds;

        [FieldOffset(64)]
        public long ChangedSeconds;

        [FieldOffset(72)]
        public long ChangedNanoseconds;

        [FieldOffset(96)]
        public long Size;
    }
}
