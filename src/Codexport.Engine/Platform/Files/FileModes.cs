namespace Codexport.Engine.Platform.Files;

/// <summary>Looks at who may read a file.</summary>
internal static class FileModes
{
    /// <summary>
    /// Whether others than the owner (on Windows: than this user, the system and its administrators) may read or write it, links followed;
    /// null where nothing is there or the platform does not tell.
    /// </summary>
    public static bool? IsOpenToOthers(string path)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        try
        {
            if (OperatingSystem.IsWindows())
            {
                return Path.Exists(path) ? WindowsAccess.IsOpenToOthers(path) : null;
            }

            return (File.GetUnixFileMode(path) & Others) != 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The command with which a person closes a file or folder to others.</summary>
    public static string ClosingCommand(string path, bool isWindows, bool isFolder) => !isWindows ? $"chmod go= \"{path}\""
        : $"icacls \"{path}\" /inheritance:r /grant:r \"%USERNAME%:{(isFolder ? "(OI)(CI)" : string.Empty)}F\"";
}
