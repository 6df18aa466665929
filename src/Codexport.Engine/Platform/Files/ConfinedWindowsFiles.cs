using System.Runtime.Versioning;

namespace Codexport.Engine.Platform.Files;

/// <summary>
/// The disk of this machine, confined on Windows: every call is made while the folders on its way are held. What was made or moved is asked
/// where it is, because an empty folder can be turned into a junction although it is held.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class ConfinedWindowsFiles : IConfinedFileSystem
{
    private readonly PhysicalFileSystem _disk;
    private readonly ConfinedRoots _roots;
    private readonly HeldWindowsFolders _folders;

    public ConfinedWindowsFiles(PhysicalFileSystem disk, IReadOnlyList<string> roots)
    {
        _disk = disk;
        _roots = new ConfinedRoots(roots);
        _folders = new HeldWindowsFolders(_roots, roots.Select(ConfinedRoots.Normal));
    }

    public bool IsCaseSensitive => _disk.IsCaseSensitive;

    public bool HasExecutableBit => _disk.HasExecutableBit;

    public void Dispose() => _folders.Dispose();

    public FileEntry? TryGetEntry(string path) => At(path, real => _disk.TryGetEntry(real) is { } entry ? entry with { Path = path } : (FileEntry?)null);

    public EntryFacts? TryGetFacts(string path) => At(path, _disk.TryGetFacts);

    public IEnumerable<FileEntry> Enumerate(string directory)
        => TryGetEntry(directory) is { Kind: EntryKind.SymbolicLink } && !_roots.IsAbove(ConfinedRoots.Normal(directory))
            ? throw FileErrors.Blocked(directory, "a link or junction")
            : _disk.Enumerate(directory);

    public Stream OpenRead(string path) => At(path, _disk.OpenRead);

    public Stream CreateNew(string path, FilePermission permission) => At(path, real =>
    {
        var stream = _disk.CreateNew(real, permission);
        try
        {
            RequireInPlace(path, real);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    });

    public Stream OpenAppend(string path, FilePermission permission) => At(path, real =>
    {
        if (_disk.TryGetEntry(real) is { Kind: EntryKind.SymbolicLink })
        {
            throw FileErrors.Blocked(path, "a symbolic link");
        }

        return _disk.OpenAppend(real, permission);
    });

    public void FlushToDisk(Stream stream) => _disk.FlushToDisk(stream);

    public void FlushDirectory(string directory) => _disk.FlushDirectory(directory);

    public bool TryFlushVolume(string path) => _disk.TryFlushVolume(path);

    public void RequireReplaceable(string path) => At(path, _disk.RequireReplaceable);

    public void Move(string source, string destination, bool overwrite) => At(source, from => At(destination, to =>
    {
        _disk.Move(from, to, overwrite);
        RequireInPlace(destination, to);
    }));

    public void DeleteFile(string path) => At(path, _disk.DeleteFile);

    public void DeleteEmptyDirectory(string path)
    {
        At(path, _disk.DeleteEmptyDirectory);
        _roots.Forget(ConfinedRoots.Normal(path));
    }

    public void CreateDirectory(string path, FilePermission permission)
    {
        var folder = ConfinedRoots.Normal(path);
        if (_roots.IsAbove(folder))
        {
            _disk.CreateDirectory(path, permission);
            return;
        }

        CreateDirectory(Path.GetDirectoryName(folder)!, permission);
        At(path, real =>
        {
            if (_disk.TryGetEntry(real) is { Kind: EntryKind.SymbolicLink })
            {
                throw FileErrors.Blocked(path, "a link or junction");
            }

            _disk.CreateDirectory(real, permission);
        });
    }

    public void SetPermission(string path, FilePermission permission) => At(path, real => _disk.SetPermission(real, permission));

    public void CopyPermission(string source, string destination) => At(source, from => At(destination, to => _disk.CopyPermission(from, to)));

    public string? ResolveLinks(string path) => _disk.ResolveLinks(path);

    public string? ReadLink(string path) => At(path, _disk.ReadLink);

    public void CreateLink(string path, string target) => At(path, real => _disk.CreateLink(real, target));

    public bool CanWriteIn(string folder) => _disk.CanWriteIn(folder);

    public long GetFreeSpace(string path) => _disk.GetFreeSpace(path);

    public IDisposable? TryLock(string path) => At(path, _disk.TryLock);

    public IConfinedFileSystem Confine(IReadOnlyList<string> roots) => new ConfinedWindowsFiles(_disk, roots);

    private void At(string path, Action<string> act) => At(path, real =>
    {
        act(real);
        return true;
    });

    private T At<T>(string path, Func<string, T> act)
    {
        var normal = ConfinedRoots.Normal(path);
        if (_roots.IsAbove(normal))
        {
            return act(path);
        }

        using var way = _folders.Hold(normal, out var real);
        return act(string.Equals(real, normal, StringComparison.Ordinal) ? path : real);
    }

    // By then it is done, so what lies in the wrong place is taken away again.
    private void RequireInPlace(string path, string real)
    {
        var wanted = ConfinedRoots.Normal(real);
        if (WindowsCalls.FinalPath(real) is { } found && !IsSame(found, wanted) && WindowsCalls.FinalPath(Path.GetDirectoryName(wanted)!) is { } folder
            && !IsSame(Path.GetDirectoryName(found)!, folder))
        {
            _disk.DeleteFile(found);
            throw ConfinedRoots.TakenAway(path);
        }
    }

    private static bool IsSame(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
