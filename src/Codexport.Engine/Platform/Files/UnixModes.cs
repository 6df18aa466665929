using System.Globalization;

namespace Codexport.Engine.Platform.Files;

/// <summary>What each permission means in Unix mode bits.</summary>
internal static class UnixModes
{
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode NormalFile = PrivateFile | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode AllExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The bits before the umask takes some away.</summary>
    public static UnixFileMode Requested(FilePermission permission, bool isFolder) => (permission, isFolder) switch
    {
        (FilePermission.Normal, true) => NormalFile | AllExecute,
        (FilePermission.Normal, false) => NormalFile,
        (FilePermission.Executable, _) or (_, true) => PrivateFile | UnixFileMode.UserExecute,
        _ => PrivateFile,
    };

    /// <summary>The bits that the user's umask takes away.</summary>
    public static UnixFileMode ReadUmask()
    {
        const string Label = "Umask:";
        if (OperatingSystem.IsWindows())
        {
            return UnixFileMode.None;
        }

        if (OperatingSystem.IsLinux() && File.Exists("/proc/self/status"))
        {
            var line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith(Label, StringComparison.Ordinal));
            if (line is not null && int.TryParse(line.AsSpan(Label.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var octal))
            {
                return (UnixFileMode)((octal / 100 % 10 * 64) + (octal / 10 % 10 * 8) + (octal % 10));
            }
        }

        // There is no call that reads it alone. For a moment new files are private, which harms nobody.
        var mask = UnixCalls.SetUmask(0x3F);
        _ = UnixCalls.SetUmask(mask);
        return (UnixFileMode)mask;
    }
}
