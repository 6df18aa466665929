using System.Runtime.InteropServices;
using System.Text;

namespace Codexport.Tests.Platform;

/// <summary>What a test does to files that the base class library does not offer: hard links and other owners.</summary>
internal static class UnixFiles
{
    /// <summary>Gives a file another name.</summary>
    public static void HardLink(string file, string name) => Assert.Equal(0, Link(Bytes(file), Bytes(name)));

    /// <summary>Gives a file or folder to another user; only root can.</summary>
    public static void GiveAway(string path) => Assert.Equal(0, ChangeOwner(Bytes(path), 12345, uint.MaxValue));

    private static byte[] Bytes(string path) => Encoding.UTF8.GetBytes(path + '\0');

    [DllImport("libc", EntryPoint = "link", ExactSpelling = true)]
    private static extern int Link(byte[] file, byte[] name);

    [DllImport("libc", EntryPoint = "chown", ExactSpelling = true)]
    private static extern int ChangeOwner(byte[] path, uint owner, uint group);
}
