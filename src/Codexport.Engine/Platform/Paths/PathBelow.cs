namespace Codexport.Engine.Platform.Paths;

/// <summary>Compares absolute paths component by component.</summary>
internal static class PathBelow
{
    /// <summary>The path below a folder, with <c>/</c>; empty for the folder itself, null for what lies elsewhere.</summary>
    public static string? Of(string folder, string path, StringComparison comparison)
    {
        if (!path.StartsWith(folder, comparison))
        {
            return null;
        }

        var rest = path[folder.Length..];
        var isWhole = rest.Length == 0 || Path.EndsInDirectorySeparator(folder) || rest[0] == Path.DirectorySeparatorChar;
        return isWhole ? rest.Replace(Path.DirectorySeparatorChar, '/').TrimStart('/') : null;
    }
}
