using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Codexport.Engine.Platform.Native;

/// <summary>
/// Spares a process the reading of the system's certificate roots. .NET reads all of them on Linux at the first TLS connection, even for one
/// whose check asks for none of them: some 140 files, a third of the time that a sync with a small change takes. Nothing is trusted less
/// carefully for it: a master is known by its pinned key alone.
/// </summary>
public static partial class SystemRoots
{
    private const string NoRoots = "/dev/null";

    /// <summary>
    /// Leaves the roots unread from now on. Only for a process that is Codexport's own and makes no other TLS connection, never inside
    /// PowerShell; programs that it starts still get the environment as it was.
    /// </summary>
    public static void LeaveUnread()
    {
        if (OperatingSystem.IsLinux())
        {
            // What children inherit is the runtime's copy of the environment, taken now; what OpenSSL's part of the runtime asks is C's.
            _ = Environment.GetEnvironmentVariables();
            _ = SetVariable("SSL_CERT_FILE", NoRoots, 1);
            _ = SetVariable("SSL_CERT_DIR", NoRoots, 1);
        }
    }

    /// <summary>
    /// Takes <see cref="LeaveUnread"/> back, for a connection to a public server. Needed before the first TLS connection of the process: the
    /// runtime remembers what it read then.
    /// </summary>
    public static void ReadAgain()
    {
        if (OperatingSystem.IsLinux())
        {
            Put("SSL_CERT_FILE");
            Put("SSL_CERT_DIR");
        }

        [SupportedOSPlatform("linux")]
        static void Put(string name) => _ = Environment.GetEnvironmentVariable(name) is { } value ? SetVariable(name, value, 1) : UnsetVariable(name);
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "unsetenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnsetVariable(string name);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
