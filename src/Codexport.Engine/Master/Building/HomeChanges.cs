namespace Codexport.Engine.Master.Building;

/// <summary>What may have changed in the Codex home since it was last looked through.</summary>
public sealed class HomeChanges
{
    private HomeChanges(IReadOnlySet<string> folders, IReadOnlySet<string> trees, bool isEverything)
        => (Folders, Trees, IsEverything) = (folders, trees, isEverything);

    /// <summary>Anything may have changed: nothing that is remembered of the home counts.</summary>
    public static HomeChanges Everything { get; } = new(new HashSet<string>(), new HashSet<string>(), isEverything: true);

    /// <summary>Whether anything may have changed.</summary>
    public bool IsEverything { get; }

    /// <summary>Real paths of the folders whose entries must be looked at again.</summary>
    internal IReadOnlySet<string> Folders { get; }

    /// <summary>Real paths of entries that were made, deleted or renamed: what is remembered below them does not count.</summary>
    internal IReadOnlySet<string> Trees { get; }

    /// <summary>Whether a path is, or lies below, an entry that was made, deleted or renamed.</summary>
    internal bool IsBelowTree(string path)
    {
        for (var entry = Trees.Count == 0 ? null : path; entry is not null; entry = Path.GetDirectoryName(entry))
        {
            if (Trees.Contains(entry))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The changes of these entries.</summary>
    internal static HomeChanges Of(IEnumerable<HomeChange> changes)
    {
        // Whatever the file system says of case: one folder too many does no harm.
        var folders = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var trees = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var change in changes)
        {
            if (change.Path is null || Path.GetDirectoryName(change.Path) is not { } parent)
            {
                return Everything;
            }

            // Of a folder itself: some systems tell of it when something in it came or went.
            folders.Add(parent);
            folders.Add(change.Path);
            if (change.IsTree)
            {
                trees.Add(change.Path);
            }
        }

        return new HomeChanges(folders, trees, isEverything: false);
    }
}

/// <summary>One change.</summary>
/// <param name="Path">Real path of the entry; null when that is not known.</param>
/// <param name="IsTree">Whether it was made, deleted or renamed, so that everything below it may be another.</param>
internal readonly record struct HomeChange(string? Path, bool IsTree);
