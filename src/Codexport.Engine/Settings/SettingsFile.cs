using Codexport.Engine.Platform;

namespace Codexport.Engine.Settings;

/// <summary>Reads and edits <c>local.toml</c>.</summary>
public static class SettingsFile
{
    /// <summary>The settings; all defaults when there is no file.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.SettingsInvalid"/> with line and column.</exception>
    public static LocalSettings Read(IFileSystem files, string path) => throw new NotImplementedException();

    /// <summary>
    /// Sets or removes (null) top-level keys, leaving every other byte as it is; creates the file, 0600, with commented defaults when it
    /// is not there. Values: string, long, bool or a list of strings.
    /// </summary>
    public static void Update(IFileSystem files, string path, IReadOnlyDictionary<string, object?> values) => throw new NotImplementedException();
}
