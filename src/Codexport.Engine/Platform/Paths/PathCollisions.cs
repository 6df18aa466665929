namespace Codexport.Engine.Platform.Paths;

/// <summary>Two paths that some file system cannot hold both.</summary>
/// <param name="First">The one that sorts first.</param>
/// <param name="Second">The other.</param>
/// <param name="Reason">Why, as the end of a sentence that begins with both paths.</param>
internal sealed record PathCollision(string First, string Second, string Reason);

/// <summary>Finds paths of one set that would overwrite or block each other.</summary>
internal static class PathCollisions
{
    /// <summary>
    /// Every collision: the same path twice, a file that is also another one's folder and, unless the rules are
    /// <see cref="PathRules.Unix"/> on a case-sensitive system, paths that differ in case or Unicode form alone.
    /// </summary>
    /// <param name="paths">Relative paths, each of which passed <see cref="SafePath.Check"/>.</param>
    /// <param name="isCaseSensitive">Whether names that differ in case or Unicode form alone are two names.</param>
    public static IReadOnlyList<PathCollision> Find(IEnumerable<string> paths, bool isCaseSensitive)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var folders = new Dictionary<string, (string Spelling, string User)>(StringComparer.Ordinal);
        var found = new List<PathCollision>();
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            var key = KeyOf(path, isCaseSensitive);
            if (!files.TryAdd(key, path))
            {
                found.Add(new PathCollision(files[key], path, "are the same file where case and Unicode form do not count"));
                continue;
            }

            AddFolders(path, isCaseSensitive, folders, found);
        }

        found.AddRange(
            from file in files
            where folders.ContainsKey(file.Key)
            select new PathCollision(file.Value, folders[file.Key].User, "need the same name for a file and for a folder"));
        return found;
    }

    /// <summary>What two paths share that are one file where case and Unicode form do not count.</summary>
    public static string KeyOf(string path, bool isCaseSensitive)
    {
        ArgumentNullException.ThrowIfNull(path);

        // Composing again afterwards: the upper case of a composed letter can be a decomposed one.
        return isCaseSensitive ? path : UnicodeForm.Compose(UnicodeForm.Compose(path).ToUpperInvariant());
    }

    private static void AddFolders(
        string path,
        bool isCaseSensitive,
        Dictionary<string, (string Spelling, string User)> folders,
        List<PathCollision> found)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            var folder = path[..slash];
            var folderKey = KeyOf(folder, isCaseSensitive);
            if (folders.TryAdd(folderKey, (folder, path)))
            {
                continue;
            }

            // Those above were added with it, unless only the spelling is another one.
            var (spelling, user) = folders[folderKey];
            if (!string.Equals(spelling, folder, StringComparison.Ordinal))
            {
                found.Add(new PathCollision(user, path, "lie in folders that are one where case and Unicode form do not count"));
            }

            return;
        }

    }
}
