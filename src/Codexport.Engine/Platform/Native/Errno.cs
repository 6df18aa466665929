namespace Codexport.Engine.Platform.Native;

/// <summary>Error numbers of system calls, where Linux and macOS differ.</summary>
internal static class Errno
{
    public const int Interrupted = 4;
    public const int NotFound = 2;
    public const int Exists = 17;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int Invalid = 22;
    public const int NoSpace = 28;
    public const int ReadOnlyVolume = 30;

    public static int WouldBlock => OperatingSystem.IsMacOS() ? 35 : 11;

    public static int NotSupported => OperatingSystem.IsMacOS() ? 45 : 95;

    public static int NoSystemCall => OperatingSystem.IsMacOS() ? 78 : 38;

    public static int Loop => OperatingSystem.IsMacOS() ? 62 : 40;

    public static int QuotaExceeded => OperatingSystem.IsMacOS() ? 69 : 122;
}
