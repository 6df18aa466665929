using System.Collections.Concurrent;
using Codexport.Engine.Codex;
using Codexport.Engine.Platform;

namespace Codexport.Engine.Master;

/// <summary>
/// Tells of changes through the system's own notifications: the Codex home itself, each portable folder with all below it, what top-level
/// links lead to, and the settings. What can never be exported is filtered out right here.
/// </summary>
internal sealed class FileSystemChangeSource(EngineContext context) : IChangeSource
{
    private const NotifyFilters Interesting =
        NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.Attributes;

    private readonly Dictionary<Watch, FileSystemWatcher> _watchers = [];
    private readonly ConcurrentDictionary<string, bool> _replaced = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool Refresh(Action<HomeChange> changed, Action<Exception> failed)
    {
        var replaced = _replaced.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var entry in replaced)
        {
            _replaced.TryRemove(entry, out _);
        }

        var wanted = Wanted();
        foreach (var (watch, watcher) in _watchers.ToList())
        {
            // A folder that was replaced keeps its name, but its watch went with it.
            if (!wanted.Contains(watch) || replaced.Contains(watch.Folder))
            {
                watcher.Dispose();
                _watchers.Remove(watch);
            }
        }

        var missing = wanted.Where(watch => !_watchers.ContainsKey(watch)).ToList();
        foreach (var watch in missing)
        {
            _watchers[watch] = Start(watch, changed, failed);
        }

        return missing.Count > 0;
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private HashSet<Watch> Wanted()
    {
        var home = context.Files.ResolveLinks(context.Home.CodexFolder) ?? context.Home.CodexFolder;
        var wanted = new HashSet<Watch> { new(home, WatchScope.TopLevel, null) };
        if (context.Files.TryGetEntry(context.Home.StateFolder) is { Kind: EntryKind.Directory })
        {
            wanted.Add(new Watch(context.Home.StateFolder, WatchScope.OneFile, Path.GetFileName(context.Home.SettingsFile)));
        }

        foreach (var entry in context.Files.Enumerate(home))
        {
            var name = Path.GetFileName(entry.Path);
            if (IsNeverExported(name))
            {
                continue;
            }

            if (entry.Kind == EntryKind.Directory && IsPortable(name, isFolder: true))
            {
                wanted.Add(new Watch(entry.Path, WatchScope.Everything, null));
            }
            else if (entry.Kind == EntryKind.SymbolicLink && (IsPortable(name, isFolder: true) || IsPortable(name, isFolder: false)))
            {
                AddTarget(wanted, entry.Path);
            }
        }

        return wanted;
    }

    private void AddTarget(HashSet<Watch> wanted, string link)
    {
        switch (context.Files.ResolveLinks(link) is { } real ? context.Files.TryGetEntry(real) : null)
        {
            case { Kind: EntryKind.Directory } folder:
                wanted.Add(new Watch(folder.Path, WatchScope.Everything, null));
                break;
            case { Kind: EntryKind.File } file:
                wanted.Add(new Watch(Path.GetDirectoryName(file.Path)!, WatchScope.OneFile, Path.GetFileName(file.Path)));
                break;
        }
    }

    private FileSystemWatcher Start(Watch watch, Action<HomeChange> changed, Action<Exception> failed)
    {
        var watcher = new FileSystemWatcher(watch.Folder) { NotifyFilter = Interesting, IncludeSubdirectories = watch.Scope == WatchScope.Everything };
        try
        {
            watcher.Changed += (_, change) => Take(watch, change.Name, change.ChangeType, changed);
            watcher.Created += (_, change) => Take(watch, change.Name, change.ChangeType, changed);
            watcher.Deleted += (_, change) => Take(watch, change.Name, change.ChangeType, changed);
            watcher.Renamed += (_, change) =>
            {
                Take(watch, change.OldName, change.ChangeType, changed);
                Take(watch, change.Name, change.ChangeType, changed);
            };
            watcher.Error += (_, error) =>
            {
                if (error.GetException() is InternalBufferOverflowException)
                {
                    // Too many at once to name them: that something changed is all we need.
                    changed(new HomeChange(null, IsTree: true));
                }
                else
                {
                    failed(error.GetException());
                }
            };
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch
        {
            watcher.Dispose();
            throw;
        }
    }

    private void Take(Watch watch, string? name, WatcherChangeTypes type, Action<HomeChange> changed)
    {
        if (name is null)
        {
            changed(new HomeChange(null, IsTree: true));
            return;
        }

        var path = name.Replace(Path.DirectorySeparatorChar, '/');
        var matters = watch.Scope switch
        {
            WatchScope.OneFile => string.Equals(path, watch.FileName, StringComparison.OrdinalIgnoreCase),
            WatchScope.TopLevel => !IsNeverExported(path) && (IsPortable(path, isFolder: false) || IsPortable(path, isFolder: true)),
            _ => !HasNeverExportedComponent(path),
        };
        if (!matters)
        {
            return;
        }

        if (OperatingSystem.IsWindows() && name.Contains('~'))
        {
            // It may be a short name, which stands for another.
            changed(new HomeChange(null, IsTree: true));
            return;
        }

        var entry = Path.Combine(watch.Folder, name);
        if (watch.Scope == WatchScope.TopLevel && type != WatcherChangeTypes.Changed)
        {
            _replaced[entry] = true;
        }

        changed(new HomeChange(entry, type != WatcherChangeTypes.Changed));
    }

    // Items that only the settings include are found by the rescan; watching them would need the settings here.
    private bool IsPortable(string name, bool isFolder) => CodexLayout.PortableItem(name, isFolder, !context.Files.IsCaseSensitive) is not null;

    private static bool IsNeverExported(string name) => CodexLayout.IsNeverExportedBelow(string.Empty, name);

    private static bool HasNeverExportedComponent(string path)
    {
        foreach (var range in path.AsSpan().Split('/'))
        {
            if (CodexLayout.IsNeverExportedBelow("-", path.AsSpan(range)))
            {
                return true;
            }
        }

        return false;
    }

    private void Clear()
    {
        foreach (var watcher in _watchers.Values)
        {
            watcher.Dispose();
        }

        _watchers.Clear();
    }

    private enum WatchScope
    {
        TopLevel,
        Everything,
        OneFile,
    }

    private sealed record Watch(string Folder, WatchScope Scope, string? FileName);
}
