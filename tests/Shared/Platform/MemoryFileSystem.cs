using System.Collections.Immutable;
using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Platform;

/// <summary>What a disk holds after the power went, between the two extremes.</summary>
public enum PowerLoss
{
    /// <summary>The process was killed: the system wrote everything in the end.</summary>
    ProcessOnly,

    /// <summary>Nothing since the last flush of names.</summary>
    NothingSinceBarrier,

    /// <summary>The first half of the changes of names since, and no content that was not flushed.</summary>
    HalfOfTheNames,

    /// <summary>All changes of names, and no content that was not flushed: such files are empty.</summary>
    NamesWithoutContents,
}

/// <summary>
/// A disk in memory that knows what would survive a power loss: contents when they were flushed, names when a folder or the volume was.
/// </summary>
/// <param name="isCaseSensitive">Whether names that differ in case alone are two.</param>
/// <param name="hasVolumeFlush">Whether a volume can be flushed in one call.</param>
/// <param name="rules">The system whose rules count, whichever the tests run on.</param>
public sealed partial class MemoryFileSystem(bool isCaseSensitive = true, bool hasVolumeFlush = true, DiskRules rules = DiskRules.Unix) : IFileSystem
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _locks = [];
    private readonly List<ImmutableDictionary<string, Inode>> _sinceBarrier = [];
    private ImmutableDictionary<string, Inode> _tree = ImmutableDictionary.Create<string, Inode>(
        isCaseSensitive && rules == DiskRules.Unix ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase).Add("/", new Inode(EntryKind.Directory));

    private long _clock = 1;
    private bool _hasLinks;

    public bool IsCaseSensitive => isCaseSensitive && rules == DiskRules.Unix;

    public bool HasExecutableBit => rules == DiskRules.Unix;

    public long FreeSpace { get; set; } = long.MaxValue;

    /// <summary>Every file by path: content, and <c>x</c> or <c>p</c> for executable or private ones before it.</summary>
    public SortedDictionary<string, string> Snapshot(string folder)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var above = Key(folder) + "/";
        foreach (var (path, node) in _tree.Where(pair => pair.Key.StartsWith(above, StringComparison.Ordinal)))
        {
            found[path[above.Length..]] = node.Kind switch
            {
                EntryKind.Directory => "folder",
                EntryKind.SymbolicLink => "-> " + node.LinkTarget,
                _ => (node.Permission switch { FilePermission.Executable when HasExecutableBit => "x ", FilePermission.Private => "p ", _ => "" })
                    + System.Text.Encoding.UTF8.GetString(node.Content),
            };
        }

        return found;
    }

    /// <summary>Another program's write, on the disk at once.</summary>
    public void WriteExternally(string path, string text, FilePermission permission = FilePermission.Normal)
    {
        lock (_gate)
        {
            var real = Real(path);
            for (var folder = Parent(real); !_tree.ContainsKey(folder); folder = Parent(folder))
            {
                _tree = _tree.Add(folder, new Inode(EntryKind.Directory));
            }

            var bytes = System.Text.Encoding.UTF8.GetBytes(text);
            _tree = _tree.SetItem(real, new Inode(EntryKind.File) { Content = bytes, Permission = permission, IsFlushed = true, Modified = _clock++ });
        }
    }

    public void LinkExternally(string path, string target)
    {
        lock (_gate)
        {
            _tree = _tree.SetItem(Key(path), new Inode(EntryKind.SymbolicLink) { LinkTarget = Key(target) });
            _hasLinks |= _tree.TryGetValue(Key(target), out var node) && node.Kind == EntryKind.Directory;
        }
    }

    /// <summary>Turns the disk into what it is when the machine comes up again.</summary>
    public void LosePower(PowerLoss kind)
    {
        lock (_gate)
        {
            if (kind == PowerLoss.ProcessOnly)
            {
                return;
            }

            foreach (var node in _tree.Values)
            {
                node.Held = 0;
            }

            _tree = kind switch
            {
                PowerLoss.NothingSinceBarrier when _sinceBarrier.Count > 0 => _sinceBarrier[0],
                PowerLoss.HalfOfTheNames when _sinceBarrier.Count > 0 => _sinceBarrier[_sinceBarrier.Count / 2],
                _ => _tree,
            };
            foreach (var node in _tree.Values.Where(node => node.Kind == EntryKind.File && !node.IsFlushed))
            {
                node.Content = [];
            }

            _sinceBarrier.Clear();
        }
    }

    public FileEntry? TryGetEntry(string path)
    {
        lock (_gate)
        {
            return _tree.TryGetValue(Real(path), out var node) ? Entry(node, path) : null;
        }
    }

    public EntryFacts? TryGetFacts(string path) => null;

    public IEnumerable<FileEntry> Enumerate(string directory)
    {
        lock (_gate)
        {
            var real = Real(directory + "/.");
            var above = real == "/" ? real : real + "/";
            return [.. _tree.Where(pair => IsDirectlyBelow(pair.Key, above))
                .Select(pair => Entry(pair.Value, Path.Join(directory, pair.Key[above.Length..])))];
        }
    }

    public Stream OpenRead(string path)
    {
        lock (_gate)
        {
            var real = ResolveLinks(path);
            var node = real is null ? null : _tree.GetValueOrDefault(Key(real));
            return node?.Kind switch
            {
                null => throw FileErrors.Translate(new FileNotFoundException(), path, writing: false),
                EntryKind.File => Reading(node, path),
                _ => throw FileErrors.Blocked(path, "no file"),
            };
        }
    }

    public Stream CreateNew(string path, FilePermission permission)
    {
        lock (_gate)
        {
            var real = Real(path);
            if (_tree.ContainsKey(real))
            {
                throw FileErrors.Blocked(path, "there already");
            }

            RequireFolder(real);
            RequireName(real, path);
            var node = new Inode(EntryKind.File) { Permission = permission, Modified = _clock++ };
            Change(_tree.Add(real, node));
            return Writing(node, path);
        }
    }

    public Stream OpenAppend(string path, FilePermission permission)
    {
        lock (_gate)
        {
            return _tree.TryGetValue(Real(path), out var node) ? Writing(node, path) : CreateNew(path, permission);
        }
    }

    public void FlushToDisk(Stream stream)
    {
        var file = (NodeStream)stream;
        file.Flush();
        file.Node.IsFlushed = true;
    }

    public void FlushDirectory(string directory)
    {
        lock (_gate)
        {
            RequireFolder(Real(directory + "/."));
            if (rules == DiskRules.Unix)
            {
                _sinceBarrier.Clear();
            }
        }
    }

    public bool TryFlushVolume(string path)
    {
        lock (_gate)
        {
            if (hasVolumeFlush && rules == DiskRules.Unix)
            {
                _sinceBarrier.Clear();
                foreach (var node in _tree.Values)
                {
                    node.IsFlushed = true;
                }
            }

            return hasVolumeFlush && rules == DiskRules.Unix;
        }
    }

    public void Move(string source, string destination, bool overwrite)
    {
        lock (_gate)
        {
            var (from, to) = (Real(source), Real(destination));
            if (!_tree.TryGetValue(from, out var node))
            {
                throw FileErrors.Translate(new FileNotFoundException(), source, writing: true);
            }

            RequireFolder(to);
            if (_tree.TryGetValue(to, out var there) && (!overwrite || there.Kind == EntryKind.Directory))
            {
                throw FileErrors.Blocked(destination, "there already");
            }

            RequireName(to, destination);
            RequireMovable(node, there, destination);
            Change(_tree.Remove(from).Remove(to).Add(to, node));
        }
    }

    public void DeleteFile(string path)
    {
        lock (_gate)
        {
            var real = Real(path);
            if (_tree.TryGetValue(real, out var node))
            {
                _ = node.Kind == EntryKind.Directory ? throw FileErrors.Blocked(path, "a folder") : node;
                if (!IsLeftForLater(node, path))
                {
                    Change(_tree.Remove(real));
                }
            }
        }
    }

    public void DeleteEmptyDirectory(string path)
    {
        lock (_gate)
        {
            if (_tree.TryGetValue(Real(path), out var node))
            {
                RequireFree(node, path);
                Change(Enumerate(path).Any()
                    ? throw FileErrors.Translate(new IOException("not empty"), path, writing: true)
                    : _tree.Remove(Real(path)));
            }
        }
    }

    public void CreateDirectory(string path, FilePermission permission)
    {
        lock (_gate)
        {
            var real = Real(path + "/.");
            if (_tree.TryGetValue(real, out var node))
            {
                _ = node.Kind == EntryKind.Directory ? node : throw FileErrors.Blocked(path, "a file");
                return;
            }

            RequireName(real, path);
            CreateDirectory(Parent(real), permission);
            Change(_tree.Add(real, new Inode(EntryKind.Directory)));
        }
    }

    public void SetPermission(string path, FilePermission permission) => _tree[Real(path)].Permission = permission;

    public void CopyPermission(string source, string destination)
        => _tree[Real(destination)].Permission = _tree[Key(ResolveLinks(source)!)].Permission;

    public string? ResolveLinks(string path)
    {
        lock (_gate)
        {
            var real = Real(path);
            return _tree.TryGetValue(real, out var node) && node.Kind == EntryKind.SymbolicLink
                ? _tree.ContainsKey(node.LinkTarget!) ? ResolveLinks(node.LinkTarget!) : null
                : real.Replace('/', Path.DirectorySeparatorChar);
        }
    }

    public long GetFreeSpace(string path) => FreeSpace;

    public IConfinedFileSystem Confine(IReadOnlyList<string> roots) => new ConfinedMemory(this, roots);

    public IDisposable? TryLock(string path) => _locks.Add(Key(path)) ? new Undo(() => _locks.Remove(Key(path))) : null;

    /// <summary>The path with links in its folders followed, its last component not.</summary>
    private string Real(string path)
    {
        var key = Key(path);
        key = key.EndsWith("/.", StringComparison.Ordinal) ? key[..^2] : key;
        if (!_hasLinks)
        {
            return key;
        }

        var current = "/";
        var names = key.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var index = 0; index < names.Length; index++)
        {
            current = current == "/" ? "/" + names[index] : current + "/" + names[index];
            if (index + 1 < names.Length && _tree.TryGetValue(current, out var node) && node.Kind == EntryKind.SymbolicLink)
            {
                current = node.LinkTarget!;
            }
        }

        return current;
    }

    private void RequireFolder(string real)
    {
        if (!_tree.TryGetValue(Parent(real), out var folder) || folder.Kind != EntryKind.Directory)
        {
            throw FileErrors.Translate(new DirectoryNotFoundException(), real, writing: true);
        }
    }

    private void Change(ImmutableDictionary<string, Inode> tree)
    {
        _sinceBarrier.Add(_tree);
        _tree = tree;
    }

    private sealed class Inode(EntryKind kind)
    {
        public EntryKind Kind => kind;

        public byte[] Content { get; set; } = [];

        public FilePermission Permission { get; set; } = FilePermission.Normal;

        public string? LinkTarget { get; init; }

        public bool IsFlushed { get; set; }

        public long Modified { get; set; }

        /// <summary>How often this program has it open.</summary>
        public int Opened { get; set; }

        /// <summary>How often other programs hold it without sharing its deletion, or work in it.</summary>
        public int Held { get; set; }

        /// <summary>Whether it goes when the last who has it open closes it.</summary>
        public bool IsDeletePending { get; set; }
    }

    private sealed class NodeStream(Inode node, IDisposable closing) : MemoryStream
    {
        public Inode Node => node;

        public override void Flush()
        {
            if (Length > 0)
            {
                node.Content = ToArray();
                node.IsFlushed = false;
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && CanWrite && !node.IsFlushed)
            {
                Flush();
            }

            closing.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class Undo(Action action) : IDisposable
    {
        private bool _isDone;

        public void Dispose()
        {
            if (!_isDone)
            {
                _isDone = true;
                action();
            }
        }
    }
}
