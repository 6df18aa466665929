using Codexport.Engine.Codex;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Building;

/// <summary>Which entries of the Codex home are exported: its portable items, what the settings include, less what they exclude.</summary>
internal sealed class ExportPolicy
{
    private readonly Glob[] _include;
    private readonly Glob[] _exclude;
    private readonly IReadOnlyList<string> _named;
    private readonly bool _ignoreCase;
    private readonly bool _withCredentials;
    private readonly IReadOnlyList<SetupCategory>? _categories;

    /// <summary>Takes over the settings.</summary>
    /// <param name="settings">The master's settings.</param>
    /// <param name="ignoreCase">Whether its file system ignores case.</param>
    /// <param name="named">Paths that are exported because the configuration names them.</param>
    public ExportPolicy(LocalSettings settings, bool ignoreCase, IReadOnlyList<string>? named = null)
    {
        _named = named ?? [];
        _ignoreCase = ignoreCase;
        _include = [.. settings.ExportInclude.Select(pattern => new Glob(pattern, ignoreCase, anyDepth: false))];
        _exclude = [.. settings.ExportExclude.Select(pattern => new Glob(pattern, ignoreCase, anyDepth: true))];

        // Under open admission every allowed peer may fetch, so what is fetched holds no login.
        _withCredentials = settings.Admission != Admission.Open;
        _categories = settings.ExportCategories;
    }

    /// <summary>The name by which a top-level item is exported; null when it is not.</summary>
    /// <param name="name">The item's name.</param>
    /// <param name="isFolder">Whether it is, or leads to, a folder.</param>
    /// <param name="whole">False for a folder of which only what the settings include is exported.</param>
    public string? TopLevelName(string name, bool isFolder, out bool whole)
    {
        whole = true;
        if (CodexLayout.IsNeverExportedBelow(string.Empty, name) || IsExcluded(name) || (!_withCredentials && CodexLayout.IsCredential(name)))
        {
            return null;
        }

        if (CodexLayout.PortableItem(name, isFolder, _ignoreCase) is { } portable && ExportsCategoryOf(portable))
        {
            return portable;
        }

        if (IsIncluded(name))
        {
            return name;
        }

        whole = false;
        return isFolder && MayIncludeBelow(name) ? name : null;
    }

    /// <summary>Whether a file or folder below a top-level item is exported, or a folder worth looking into.</summary>
    /// <param name="folder">The folder that it is in.</param>
    /// <param name="path">Its own path.</param>
    /// <param name="isFolder">Whether it is, or leads to, a folder.</param>
    /// <param name="whole">In: whether all of <paramref name="folder"/> is exported. Out: the same for the entry.</param>
    public bool Exports(string folder, string path, bool isFolder, ref bool whole)
    {
        var name = path.AsSpan(folder.Length + 1);
        if (CodexLayout.IsNeverExportedBelow(folder, name) || (_exclude.Length > 0 && IsExcluded(path)))
        {
            return false;
        }

        if (whole)
        {
            return true;
        }

        whole = IsIncluded(path);
        return whole || (isFolder && MayIncludeBelow(path));
    }

    /// <summary>Whether what lies at a path of the Codex home leaves without any link; for a folder, whether something in it may.</summary>
    /// <param name="path">Where it really is.</param>
    /// <param name="isFolder">Whether it is a folder.</param>
    public bool LeavesByItself(string path, bool isFolder)
    {
        var end = path.IndexOf('/', StringComparison.Ordinal);
        if (TopLevelName(end < 0 ? path : path[..end], end >= 0 || isFolder, out var whole) is null)
        {
            return false;
        }

        while (end >= 0)
        {
            var next = path.IndexOf('/', end + 1);
            if (!Exports(path[..end], next < 0 ? path : path[..next], next >= 0 || isFolder, ref whole))
            {
                return false;
            }

            end = next;
        }

        return whole || isFolder;
    }

    /// <summary>Whether the part of the setup that a path belongs to is exported.</summary>
    public bool ExportsCategoryOf(string path) => CodexCategories.Includes(_categories, path);

    /// <summary>Whether <c>exclude</c> takes out a path, or a folder that it lies in.</summary>
    public bool Excludes(string path)
    {
        for (var end = path.IndexOf('/', StringComparison.Ordinal); end >= 0; end = path.IndexOf('/', end + 1))
        {
            if (IsExcluded(path[..end]))
            {
                return true;
            }
        }

        return IsExcluded(path);
    }

    // Of plugins only what the configuration names is of use to a follower: a pattern for everything else does not mean what lies about there.
    private bool IsIncluded(string path) => _named.Contains(path) || (!IsOfPlugins(path) && Array.Exists(_include, glob => glob.Matches(path)));

    private bool IsExcluded(string path) => Array.Exists(_exclude, glob => glob.Matches(path));

    private bool MayIncludeBelow(string path)
        => _named.Any(name => name.Length > path.Length && name[path.Length] == '/' && name.StartsWith(path, StringComparison.Ordinal))
            || (!IsOfPlugins(path) && Array.Exists(_include, glob => glob.MayMatchBelow(path)));

    private static bool IsOfPlugins(string path)
        => path == CodexPlugins.Folder || path.StartsWith(CodexPlugins.Folder + "/", StringComparison.Ordinal);
}
