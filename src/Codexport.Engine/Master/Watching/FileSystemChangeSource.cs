using System.Collections.Concurrent;
using System.Runtime.Versioning;
using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Native;
using Codexport.Engine.Platform.Watching;

namespace Codexport.Engine.Master.Watching;

/// <summary>
/// Tells of changes through the system's own notifications: the Codex home itself, each portable folder with all below it, what top-level
/// links lead to, and the settings. What can never be exported is filtered out right here. A folder that was replaced by another of the
/// same name is noticed through the folder above it, or when <see cref="Refresh"/> finds that it is another one.
/// </summary>
internal sealed class FileSystemChangeSource(EngineContext context) : IChangeSource
{
    private const NotifyFilters Interesting =
        NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.Attributes;

    private static readonly WatchableFolders Folders = new(HasNeverExportedComponent);

    private readonly Dictionary<Watch, Running> _watchers = [];
    private readonly ConcurrentDictionary<string, bool> _replaced = new(StringComparer.Ordinal);
    private HashSet<Watch> _unwatched = [];
    private InotifyTree? _tree;
    private volatile bool _isLost;

    /// <inheritdoc/>
    public bool Refresh(Action<HomeChange> changed, Action<Exception> failed)
    {
        if (_isLost)
        {
            // There were more changes than the system could note: folders may have come that nobody watches.
            _isLost = false;
            Clear();
        }

        var replaced = _replaced.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var entry in replaced)
        {
            _replaced.TryRemove(entry, out _);
        }

        var wanted = Wanted(HomeScanner.FindHome(context));
        foreach (var (watch, running) in _watchers.ToList())
        {
            // A folder that was replaced keeps its name, but its watch went with it.
            if (!wanted.Contains(watch) || replaced.Contains(watch.Folder) || running.Identity != IdentityOf(watch.Folder))
            {
                running.Watcher.Dispose();
                _watchers.Remove(watch);
            }
        }

        // What cannot be watched is tried again at each look, but is a reason for another look only once: else looking would never end.
        var missing = wanted.Where(watch => !_watchers.ContainsKey(watch)).ToList();
        var before = _unwatched;
        _unwatched = [.. missing.Where(watch => !TryAdd(watch, changed, failed))];
        return missing.Exists(watch => !_unwatched.Contains(watch) || !before.Contains(watch));
    }

    /// <summary>How many folders there are to watch, each of which takes a watch of inotify.</summary>
    public int CountFolders()
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var watch in Wanted(context.Files.ResolveLinks(context.Home.CodexFolder) ?? context.Home.CodexFolder))
        {
            if (watch.Scope == WatchScope.Everything)
            {
                Folders.AddTo(folders, watch.Folder);
            }
            else
            {
                folders.Add(watch.Folder);
            }
        }

        return folders.Count;
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private bool TryAdd(Watch watch, Action<HomeChange> changed, Action<Exception> failed)
    {
        try
        {
            // Asked before: if it is replaced right afterwards, that shows at the next look.
            var identity = IdentityOf(watch.Folder);
            _watchers[watch] = new Running(Start(watch, changed, failed), identity);
            return true;
        }
        catch (Exception error) when (watch.Scope == WatchScope.Anchor && error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Not everybody may look into the folder above; that a folder was replaced is then found by the look every minute.
            return false;
        }
        catch (IOException error) when (watch.Scope != WatchScope.TopLevel && OperatingSystem.IsLinux() && error.HResult is Errno.NotFound or Errno.NotDirectory)
        {
            // It went between two looks; the next one finds what is there now.
            return false;
        }
        catch (IOException error)
        {
            if (InotifyLimits.Explain(error) is CodexportException explained)
            {
                throw explained;
            }

            throw;
        }
    }

    private static FolderIdentity? IdentityOf(string folder) => OperatingSystem.IsLinux() ? LinuxCalls.Identity(folder) : null;

    private HashSet<Watch> Wanted(string home)
    {
        var wanted = new HashSet<Watch> { new(home, WatchScope.TopLevel, null) };
        if (context.Files.ResolveLinks(context.Home.StateFolder) is { } state && context.Files.TryGetEntry(state) is { Kind: EntryKind.Directory })
        {
            wanted.Add(new Watch(state, WatchScope.OneFile, Path.GetFileName(context.Home.SettingsFile)));
        }

        AddTarget(wanted, context.Home.Locate(CodexPlugins.Cache));
        AddTarget(wanted, context.Home.Locate(AgentsHome.Skills));
        AddTarget(wanted, context.Home.Locate(AgentsHome.Marketplace));
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
                if (Path.GetDirectoryName(folder.Path) is { } above)
                {
                    wanted.Add(new Watch(above, WatchScope.Anchor, Path.GetFileName(folder.Path)));
                }

                break;
            case { Kind: EntryKind.File } file:
                wanted.Add(new Watch(Path.GetDirectoryName(file.Path)!, WatchScope.OneFile, Path.GetFileName(file.Path)));
                break;
        }
    }

    private IDisposable Start(Watch watch, Action<HomeChange> changed, Action<Exception> failed)
        => OperatingSystem.IsLinux() ? StartOnLinux(watch, changed, failed) : StartElsewhere(watch, changed, failed);

    [SupportedOSPlatform("linux")]
    private IDisposable StartOnLinux(Watch watch, Action<HomeChange> changed, Action<Exception> failed)
    {
        var tree = _tree ??= new InotifyTree(Folders, Fail);
        return tree.Watch(watch.Folder, watch.Scope == WatchScope.Everything, (name, type) => Take(watch, name, type, changed));

        void Fail(Exception? cause)
        {
            if (cause is null)
            {
                _isLost = true;
                changed(new HomeChange(null, IsTree: true));
            }
            else
            {
                failed(InotifyLimits.Explain(cause));
            }
        }
    }

    private FileSystemWatcher StartElsewhere(Watch watch, Action<HomeChange> changed, Action<Exception> failed)
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
                if (error.GetException() is InternalBufferOverflowException or UnauthorizedAccessException)
                {
                    // Too many at once to name them, or a folder that may not be read: looking through everything tells what matters.
                    changed(new HomeChange(null, IsTree: true));
                }
                else if (watch.Scope != WatchScope.Anchor)
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
            WatchScope.OneFile or WatchScope.Anchor => string.Equals(path, watch.FileName, StringComparison.OrdinalIgnoreCase),
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
        if (watch.Scope is WatchScope.TopLevel or WatchScope.Anchor)
        {
            if (type != WatcherChangeTypes.Changed)
            {
                _replaced[entry] = true;
            }
            else if (watch.Scope == WatchScope.Anchor)
            {
                return;
            }
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
        // The tree first: with it all that it watches ends at once.
        if (OperatingSystem.IsLinux())
        {
            _tree?.Dispose();
            _tree = null;
        }

        foreach (var running in _watchers.Values)
        {
            running.Watcher.Dispose();
        }

        _watchers.Clear();
    }

    private enum WatchScope
    {
        TopLevel,
        Everything,
        OneFile,
        Anchor,
    }

    private sealed record Watch(string Folder, WatchScope Scope, string? FileName);

    private sealed record Running(IDisposable Watcher, FolderIdentity? Identity);
}
