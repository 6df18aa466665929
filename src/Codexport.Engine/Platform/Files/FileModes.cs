namespace Codexport.Engine.Platform.Files;

/// <summary>Looks at who may read a file.</summary>
internal static class FileModes
{
    /// <summary>
    /// Whether others than the owner may read or write it, links followed; null where nothing is there or the platform keeps no such bits.
    /// </summary>
    public static bool? IsOpenToOthers(string path)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        try
        {
            return (File.GetUnixFileMode(path) & Others) != 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
