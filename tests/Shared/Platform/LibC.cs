using System.Runtime.InteropServices;
using System.Text;

namespace Codexport.Tests.Platform;

/// <summary>What the C library does and .NET has no call for; a program for it would take long to start on a busy machine.</summary>
internal static class LibC
{
    public const int Interrupt = 2;

    public const int Terminate = 15;

    private const int CurrentFolder = -100;

    private const uint ExchangeNames = 2;

    /// <summary>Makes a named pipe.</summary>
    public static void MakePipe(string path) => Check(mkfifo(Encoding.UTF8.GetBytes(path + '\0'), 0x180));

    /// <summary>Makes an empty file whose name is bytes, which need not be text.</summary>
    public static void MakeFile(byte[] path)
    {
        var handle = creat([.. path, 0], 0x180);
        Check(Math.Min(handle, 0));
        Check(close(handle));
    }

    /// <summary>Deletes such a file.</summary>
    public static void DeleteFile(byte[] path) => Check(unlink([.. path, 0]));

    /// <summary>Sends a signal to a process.</summary>
    public static void Signal(int process, int signal) => Check(kill(process, signal));

    /// <summary>Exchanges two names, whatever stands at them, so that neither is ever missing (Linux).</summary>
    public static void Exchange(string path, string other)
        => Check(renameat2(CurrentFolder, Encoding.UTF8.GetBytes(path + '\0'), CurrentFolder, Encoding.UTF8.GetBytes(other + '\0'), ExchangeNames));

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        }
    }

#pragma warning disable SYSLIB1054 // Generated marshalling would need unsafe code in every project of tests.
    [DllImport("libc", SetLastError = true)]
    private static extern int renameat2(int folder, byte[] path, int otherFolder, byte[] other, uint flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int mkfifo(byte[] path, uint mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int creat(byte[] path, uint mode);

    [DllImport("libc", SetLastError = true)]
    private static extern int close(int handle);

    [DllImport("libc", SetLastError = true)]
    private static extern int unlink(byte[] path);

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int process, int signal);
#pragma warning restore SYSLIB1054
}
