namespace Codexport.Engine.Platform;

/// <summary>
/// Another file system seen through a sheet of glass: what is written lands in memory, what is read shows it, and the disk below is
/// never touched. This is how a comparison and <c>-WhatIf</c> run the very code that would change things.
/// </summary>
public sealed class DryRunFileSystem : IFileSystem
{
    private readonly IFileSystem _below;
    private readonly Dictionary<string, Node> _changed;
    private readonly HashSet<string> _locks;
    private readonly Lock _gate = new();

    /// <summary>Lays the sheet over <paramref name="below"/>.</summary>
    public DryRunFileSystem(IFileSystem below)
    {
        ArgumentNullException.ThrowIfNull(below);
        _below = below;
        var comparer = below.IsCaseSensitive ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
        _changed = new Dictionary<string, Node>(comparer);
        _locks = new HashSet<string>(comparer);
    }

    /// <inheritdoc/>
    public bool IsCaseSensitive => _below.IsCaseSensitive;

    /// <inheritdoc/>
    public bool HasExecutableBit => _below.HasExecutableBit;

    /// <summary>The paths that would have been made, replaced or deleted, temporary ones that are gone again left out, in ordinal order.</summary>
    public IReadOnlyList<string> ChangedPaths
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. _changed.Where(pair => pair.Value.Kind is not null || _below.TryGetEntry(pair.Key) is not null)
                        .Select(pair => pair.Key).Order(StringComparer.Ordinal),
                ];
            }
        }
    }

    /// <inheritdoc/>
    public FileEntry? TryGetEntry(string path)
    {
        lock (_gate)
        {
            return Find(path);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<FileEntry> Enumerate(string directory)
    {
        lock (_gate)
        {
            var folder = Path.TrimEndingDirectorySeparator(directory);
            var isHidden = _changed.TryGetValue(folder, out var node) && node.Kind != EntryKind.Directory;
            var below = isHidden ? [] : _below.Enumerate(directory).Where(entry => !_changed.ContainsKey(entry.Path));
            var here = _changed.Where(pair => pair.Value.Kind is not null && SamePath(Path.GetDirectoryName(pair.Key), folder));
            return [.. below, .. here.Select(pair => pair.Value.ToEntry(pair.Key))];
        }
    }

    /// <inheritdoc/>
    public Stream OpenRead(string path)
    {
        lock (_gate)
        {
            if (!_changed.TryGetValue(path, out var node))
            {
                return _below.OpenRead(path);
            }

            return node.Kind switch
            {
                EntryKind.File => node.Source is { } source ? _below.OpenRead(source) : new MemoryStream(node.Content, writable: false),
                null => throw FileErrors.Translate(new FileNotFoundException(), path, writing: false),
                _ => throw FileErrors.Blocked(path, "a folder where a file is expected"),
            };
        }
    }

    /// <inheritdoc/>
    public Stream CreateNew(string path, FilePermission permission)
    {
        lock (_gate)
        {
            if (Find(path) is not null)
            {
                throw FileErrors.Blocked(path, "there already");
            }

            RequireFolder(path);
            return Write(path, [], permission == FilePermission.Executable);
        }
    }

    /// <inheritdoc/>
    public Stream OpenAppend(string path, FilePermission permission)
    {
        lock (_gate)
        {
            if (Find(path) is not { } entry)
            {
                return CreateNew(path, permission);
            }

            using var old = OpenRead(path);
            var content = new byte[old.Length];
            old.ReadExactly(content);
            return Write(path, content, entry.IsExecutable);
        }
    }

    /// <inheritdoc/>
    public void FlushToDisk(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Flush();
    }

    /// <inheritdoc/>
    public void FlushDirectory(string directory)
    {
    }

    /// <inheritdoc/>
    public bool TryFlushVolume(string path) => true;

    /// <inheritdoc/>
    public void Move(string source, string destination, bool overwrite)
    {
        lock (_gate)
        {
            var moved = Find(source) ?? throw FileErrors.Translate(new FileNotFoundException(), source, writing: true);
            if (Find(destination) is { } present && (!overwrite || present.Kind == EntryKind.Directory))
            {
                throw FileErrors.Blocked(destination, "there already");
            }

            if (moved.Kind == EntryKind.Directory)
            {
                foreach (var entry in Enumerate(source).ToList())
                {
                    Move(entry.Path, Path.Join(destination, Path.GetFileName(entry.Path)), overwrite: false);
                }
            }

            var node = _changed.TryGetValue(source, out var changed) ? changed : Node.Below(moved, source);
            _changed[destination] = node;
            _changed[source] = Node.Gone;
        }
    }

    /// <inheritdoc/>
    public void DeleteFile(string path)
    {
        lock (_gate)
        {
            switch (Find(path)?.Kind)
            {
                case null:
                    return;
                case EntryKind.Directory:
                    throw FileErrors.Blocked(path, "a folder where a file is expected");
                default:
                    _changed[path] = Node.Gone;
                    return;
            }
        }
    }

    /// <inheritdoc/>
    public void DeleteEmptyDirectory(string path)
    {
        lock (_gate)
        {
            if (Find(path) is null)
            {
                return;
            }

            if (Enumerate(path).Any())
            {
                throw FileErrors.Translate(new IOException("the folder is not empty"), path, writing: true);
            }

            _changed[Path.TrimEndingDirectorySeparator(path)] = Node.Gone;
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path, FilePermission permission)
    {
        lock (_gate)
        {
            var folder = Path.TrimEndingDirectorySeparator(path);
            if (!IsFolder(folder))
            {
                if (Find(folder) is not null)
                {
                    throw FileErrors.Blocked(folder, "a file where a folder is expected");
                }

                if (Path.GetDirectoryName(folder) is { } parent)
                {
                    CreateDirectory(parent, permission);
                }

                _changed[folder] = Node.Folder;
            }
        }
    }

    /// <inheritdoc/>
    public void SetPermission(string path, FilePermission permission)
    {
        lock (_gate)
        {
            if (Find(path) is { Kind: EntryKind.File } entry)
            {
                var node = _changed.TryGetValue(path, out var changed) ? changed : Node.Below(entry, path);
                _changed[path] = node with { IsExecutable = HasExecutableBit && permission == FilePermission.Executable };
            }
        }
    }

    /// <inheritdoc/>
    public void CopyPermission(string source, string destination)
        => SetPermission(destination, TryGetEntry(source) is { IsExecutable: true } ? FilePermission.Executable : FilePermission.Normal);

    /// <inheritdoc/>
    public string? ResolveLinks(string path) => _below.ResolveLinks(path);

    /// <inheritdoc/>
    public long GetFreeSpace(string path) => _below.GetFreeSpace(path);

    /// <summary>A lock among users of this object alone: looking needs no file and keeps nobody out.</summary>
    public IDisposable? TryLock(string path)
    {
        lock (_gate)
        {
            return _locks.Add(path) ? new Released(() => { lock (_gate) { _locks.Remove(path); } }) : null;
        }
    }

    private FileEntry? Find(string path)
    {
        var name = Path.TrimEndingDirectorySeparator(path);
        return _changed.TryGetValue(name, out var node)
            ? node.Kind is null ? null : node.ToEntry(name)
            : HiddenByAFile(name) ? null : _below.TryGetEntry(name);
    }

    /// <summary>Whether a folder above is gone or became a file here, so that what lies below it on the disk does not count.</summary>
    private bool HiddenByAFile(string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (_changed.TryGetValue(folder, out var node) && node.Kind != EntryKind.Directory)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsFolder(string path) => Find(path) switch
    {
        { Kind: EntryKind.Directory } => true,
        { Kind: EntryKind.SymbolicLink } => _below.ResolveLinks(path) is { } target && _below.TryGetEntry(target) is { Kind: EntryKind.Directory },
        _ => false,
    };

    private void RequireFolder(string path)
    {
        if (Path.GetDirectoryName(path) is { } folder && !IsFolder(folder))
        {
            throw FileErrors.Translate(new DirectoryNotFoundException(), path, writing: true);
        }
    }

    private WritingStream Write(string path, byte[] content, bool isExecutable)
    {
        var node = new Node(EntryKind.File, content, null, HasExecutableBit && isExecutable, content.Length, DateTime.UtcNow.Ticks);
        _changed[path] = node;
        var stream = new WritingStream(bytes =>
        {
            lock (_gate)
            {
                _changed[path] = node with { Content = bytes, Size = bytes.Length };
            }
        });
        stream.Write(content);
        return stream;
    }

    private bool SamePath(string? left, string right) => _changed.Comparer.Equals(left, right);

    /// <summary>What the sheet shows at a path: a null kind for nothing, a source for bytes that still lie on the disk below.</summary>
    private sealed record Node(EntryKind? Kind, byte[] Content, string? Source, bool IsExecutable, long Size, long ModifiedTicks, long ChangedTicks = 0)
    {
        public static Node Gone { get; } = new(null, [], null, false, 0, 0);

        public static Node Folder { get; } = new(EntryKind.Directory, [], null, false, 0, 0);

        public static Node Below(FileEntry entry, string source)
            => new(entry.Kind, [], source, entry.IsExecutable, entry.Size, entry.ModifiedTicks, entry.ChangedTicks);

        public FileEntry ToEntry(string path) => new(path, Kind!.Value, Size, ModifiedTicks, IsExecutable, ChangedTicks);
    }

    /// <summary>Shows its bytes to the sheet whenever it is flushed or closed.</summary>
    private sealed class WritingStream(Action<byte[]> show) : MemoryStream
    {
        public override void Flush() => show(ToArray());

        protected override void Dispose(bool disposing)
        {
            if (disposing && CanWrite)
            {
                show(ToArray());
            }

            base.Dispose(disposing);
        }
    }

    private sealed class Released(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
