using Codexport.Engine.Codex;
using Codexport.Engine.Master.Building;

namespace Codexport.Engine.Master.Publishing;

/// <summary>
/// Holds back an export that lost too much: a top-level item, or more than a fifth of the files. A home that was unmounted or emptied by
/// mistake must not empty every follower. The code of a plugin is not counted while the configuration speaks of the plugin's coming and
/// going: when it no longer names it, and when another version has come.
/// </summary>
internal static class DeletionGuard
{
    private const int MostInPercent = 20;

    /// <summary>Why publication waits for the person's word; null when it need not.</summary>
    /// <param name="publishedFiles">How many files are published.</param>
    /// <param name="removed">The published paths that are gone.</param>
    /// <param name="present">The paths that are there, sorted by ordinal.</param>
    /// <param name="plugins">The folders of the plugins that the configuration names.</param>
    public static string? Reason(int publishedFiles, IReadOnlyCollection<string> removed, ReadOnlySpan<BuiltFile> present, IReadOnlyCollection<string> plugins)
    {
        removed = Unexpected(removed, present, plugins);
        if (removed.Count == 0)
        {
            return null;
        }

        var lost = new HashSet<string>(removed.Select(TopLevel), StringComparer.Ordinal);
        foreach (ref readonly var file in present)
        {
            lost.Remove(TopLevel(file.Path));
        }

        if (lost.Count > 0)
        {
            return $"{string.Join(", ", lost.Order(StringComparer.Ordinal).Select(item => $"'{item}'"))} would be deleted on every follower";
        }

        return 100L * removed.Count > (long)MostInPercent * publishedFiles
            ? $"{removed.Count} of {publishedFiles} files would be deleted on every follower, which is more than {MostInPercent} %"
            : null;
    }

    private static List<string> Unexpected(IReadOnlyCollection<string> removed, ReadOnlySpan<BuiltFile> present, IReadOnlyCollection<string> plugins)
    {
        var missing = removed.Any(CodexPlugins.IsCode) ? plugins.ToHashSet(StringComparer.Ordinal) : [];
        if (missing.Count > 0)
        {
            foreach (ref readonly var file in present)
            {
                if (CodexPlugins.PluginFolderOf(file.Path) is { } folder)
                {
                    missing.Remove(folder);
                }
            }
        }

        return [.. removed.Where(path => CodexPlugins.PluginFolderOf(path) is not { } folder || missing.Contains(folder))];
    }

    private static string TopLevel(string path)
    {
        var slash = path.IndexOf('/');
        return slash < 0 ? path : path[..slash];
    }
}
