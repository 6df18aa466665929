namespace Codexport.Engine.Platform.Paths;

/// <summary>How Windows takes an absolute path by its letters.</summary>
internal static class WindowsPath
{
    private const string Verbatim = @"\\?\";
    private const string VerbatimShare = @"\\?\UNC\";

    /// <summary>
    /// The path in a form that Windows does not interpret, where it would: <c>C:\a\con</c> is the console to it, and <c>C:\a\b.</c> is
    /// <c>C:\a\b</c>. Folders of such names come from other systems, from WSL and from Git.
    /// </summary>
    public static string Literal(string path)
    {
        if (path.StartsWith(Verbatim, StringComparison.Ordinal) || path.StartsWith(@"\\.\", StringComparison.Ordinal) || !NeedsIt(path))
        {
            return path;
        }

        return Exactly(path.Replace('/', '\\'));
    }

    /// <summary>A normal absolute path in the form that Windows takes as it is, however long.</summary>
    public static string Exactly(string path) => path.StartsWith(Verbatim, StringComparison.Ordinal) ? path
        : path.StartsWith(@"\\", StringComparison.Ordinal) ? VerbatimShare + path[2..]
        : Verbatim + path;

    /// <summary>The path as people write it.</summary>
    public static string Plain(string path) => path.StartsWith(VerbatimShare, StringComparison.Ordinal) ? @"\\" + path[VerbatimShare.Length..]
        : path.StartsWith(Verbatim, StringComparison.Ordinal) ? path[Verbatim.Length..]
        : path;

    private static bool NeedsIt(string path)
    {
        foreach (var range in path.AsSpan().SplitAny('\\', '/'))
        {
            var name = path.AsSpan(range);
            if (!name.IsEmpty && name is not ("." or "..") && (name[^1] is '.' or ' ' || SafePath.IsDevice(name)))
            {
                return true;
            }
        }

        return false;
    }
}
