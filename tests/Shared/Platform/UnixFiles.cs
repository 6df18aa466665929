using System.Runtime.InteropServices;

namespace Codexport.Tests.Platform;

/// <summary>What a test does to files that the base class library does not offer: hard links and other owners.</summary>
internal static class UnixFiles
{
    /// <summary>Gives a file another name.</summary>
    public static void HardLink(string file, string name) => Assert.Equal(0, Link(file, name));

    /// <summary>Gives a file or folder to another user; only root can.</summary>
    public static void GiveAway(string path) => Assert.Equal(0, ChangeOwner(path, 12345, uint.MaxValue));

    [DllImport("libc", EntryPoint = "link", ExactSpelling = true)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string file, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", EntryPoint = "chown", ExactSpelling = true)]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint owner, uint group);
}
