using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Codexport.Engine.Platform.Native;
using Microsoft.Win32.SafeHandles;

namespace Codexport.Engine.Platform.Files;

/// <summary>
/// The disk of this machine, confined on Linux and macOS: every change is made by a name in an open folder, which no link can lead
/// elsewhere between the look and the change. Lists are made by path, after such a look: whatever comes of them is reached anew.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ConfinedUnixFiles : IConfinedFileSystem
{
    private readonly PhysicalFileSystem _disk;
    private readonly ConfinedRoots _roots;
    private readonly HeldUnixFolders _folders;

    public ConfinedUnixFiles(PhysicalFileSystem disk, IReadOnlyList<string> roots)
    {
        _disk = disk;
        _roots = new ConfinedRoots(roots);
        _folders = new HeldUnixFolders(_roots, roots.Select(ConfinedRoots.Normal));
    }

    public bool IsCaseSensitive => _disk.IsCaseSensitive;

    public bool HasExecutableBit => _disk.HasExecutableBit;

    public void Dispose() => _folders.Dispose();

    public FileEntry? TryGetEntry(string path) => At(path, writing: false, () => _disk.TryGetEntry(path),
        static (place, path) => place.Folder is null ? Missing<FileEntry?>(place, path) : EntryProbe.TryGet(place.Folder, place.Name, path, follow: false));

    public EntryFacts? TryGetFacts(string path) => At(path, writing: false, () => _disk.TryGetFacts(path),
        static (place, _) => place.Folder is not null && EntryProbe.Status(place.Folder, place.Name, follow: false, out var status) == 0
            ? status.ToFacts() : (EntryFacts?)null);

    public IEnumerable<FileEntry> Enumerate(string directory)
        => TryGetEntry(directory) is { Kind: EntryKind.SymbolicLink } && !_roots.IsAbove(ConfinedRoots.Normal(directory))
            ? throw FileErrors.Blocked(directory, "a symbolic link")
            : _disk.Enumerate(directory);

    public Stream OpenRead(string path) => At(path, writing: false, () => _disk.OpenRead(path), static (place, path) =>
    {
        var folder = Require(place, path, writing: false);
        FileOpening.RefuseSpecial(EntryProbe.TryGet(folder, place.Name, path, follow: true)?.Kind, path);
        return Open(UnixFolderCalls.OpenForReading(folder, place.Name, follow: true), path, FileAccess.Read);
    });

    public Stream CreateNew(string path, FilePermission permission) => At(path, writing: true, () => _disk.CreateNew(path, permission), (place, path) =>
        Open(Made(UnixFolderCalls.MakeFile(Require(place, path), place.Name, UnixModes.Requested(permission, isFolder: false)), path), path, FileAccess.Write));

    public Stream OpenAppend(string path, FilePermission permission) => At(path, writing: true, () => _disk.OpenAppend(path, permission), (place, path) =>
    {
        var folder = Require(place, path);
        if (EntryProbe.TryGet(folder, place.Name, path, follow: false) is not { } entry)
        {
            return Open(UnixFolderCalls.MakeFile(folder, place.Name, UnixModes.Requested(permission, isFolder: false)), path, FileAccess.Write);
        }

        FileOpening.RefuseSpecial(entry.Kind, path);
        var stream = Open(UnixFolderCalls.OpenForAppending(folder, place.Name), path, FileAccess.Write);
        stream.Seek(0, SeekOrigin.End);
        return stream;
    });

    public void FlushToDisk(Stream stream) => _disk.FlushToDisk(stream);

    public void FlushDirectory(string directory) => At(directory, writing: true, () => Done(() => _disk.FlushDirectory(directory)), (place, path) =>
    {
        var opened = UnixFolderCalls.OpenFolderForFlush(Require(place, path), place.Name);
        if (opened.IsInvalid && Marshal.GetLastPInvokeError() == Errno.NotFound)
        {
            _roots.RequireNew(path);
        }

        using var handle = Valid(opened, path);
        return UnixCalls.Flush((int)handle.DangerousGetHandle(), path, UnixCalls.SyncFile);
    });

    public bool TryFlushVolume(string path) => _disk.TryFlushVolume(path);

    public void RequireReplaceable(string path) => _disk.RequireReplaceable(path);

    public void Move(string source, string destination, bool overwrite)
    {
        var (from, to) = (ConfinedRoots.Normal(source), ConfinedRoots.Normal(destination));
        FileErrors.GuardFile(destination, () =>
        {
            using var old = _folders.Reach(from);
            using var place = _folders.Reach(to);
            var (oldFolder, folder) = (Require(old, source), Require(place, destination));
            CheckNamed(overwrite
                ? UnixFolderCalls.Rename(oldFolder, old.Name, folder, place.Name)
                : UnixFolderCalls.Link(oldFolder, old.Name, folder, place.Name), destination);
            if (!overwrite)
            {
                CheckNamed(UnixFolderCalls.Remove(oldFolder, old.Name, isFolder: false), source);
            }
        });
    }

    public void DeleteFile(string path) => At(path, writing: true, () => Done(() => _disk.DeleteFile(path)), static (place, path) =>
    {
        if (place.Folder is not null && UnixFolderCalls.Remove(place.Folder, place.Name, isFolder: false) != 0
            && Marshal.GetLastPInvokeError() is not Errno.NotFound and var errno)
        {
            // macOS says of a folder only that it is not permitted.
            throw EntryProbe.TryGet(place.Folder, place.Name, path, follow: false) is { Kind: EntryKind.Directory }
                ? FileErrors.Blocked(path, "a folder where a file is expected")
                : FileErrors.FromErrno(errno, path, writing: true);
        }

        return place.Folder is not null || Missing<bool>(place, path);
    });

    public void DeleteEmptyDirectory(string path) => At(path, writing: true, () => Done(() => _disk.DeleteEmptyDirectory(path)), (place, path) =>
    {
        if (place.Folder is not null && UnixFolderCalls.Remove(place.Folder, place.Name, isFolder: true) != 0
            && Marshal.GetLastPInvokeError() is not Errno.NotFound and var errno)
        {
            throw errno == Errno.NotDirectory ? FileErrors.Blocked(path, "no folder") : FileErrors.FromErrno(errno, path, writing: true);
        }

        _roots.Forget(path);
        return true;
    });

    public void CreateDirectory(string path, FilePermission permission)
    {
        var folder = ConfinedRoots.Normal(path);
        if (_roots.IsAbove(folder))
        {
            _disk.CreateDirectory(path, permission);
            return;
        }

        CreateDirectory(Path.GetDirectoryName(folder)!, permission);
        FileErrors.Guard(path, writing: true, () =>
        {
            using var place = _folders.Reach(folder);
            var above = Require(place, path);
            if (UnixFolderCalls.MakeFolder(above, place.Name, (uint)UnixModes.Requested(permission, isFolder: true)) == 0)
            {
                return;
            }

            var errno = Marshal.GetLastPInvokeError();
            var entry = EntryProbe.TryGet(above, place.Name, path, follow: false);
            if (errno != Errno.Exists || entry is not { Kind: EntryKind.Directory })
            {
                throw entry is { Kind: EntryKind.SymbolicLink } ? FileErrors.Blocked(path, "a symbolic link") : FileErrors.FromErrno(errno, path, writing: true);
            }
        });
    }

    public void SetPermission(string path, FilePermission permission) => At(path, writing: true, () => Done(() => _disk.SetPermission(path, permission)), (place, path) =>
    {
        using var handle = Valid(UnixFolderCalls.OpenForReading(Require(place, path), place.Name, follow: false), path);
        var isFolder = EntryProbe.TryGet(place.Folder!, place.Name, path, follow: false) is { Kind: EntryKind.Directory };
        File.SetUnixFileMode(handle, _disk.Masked(permission, isFolder));
        return true;
    });

    public void CopyPermission(string source, string destination) => At(destination, writing: true, () => Done(() => _disk.CopyPermission(source, destination)), (place, path) =>
    {
        using var old = _folders.Reach(ConfinedRoots.Normal(source));
        using var from = Valid(UnixFolderCalls.OpenForReading(Require(old, source), old.Name, follow: true), source);
        using var to = Valid(UnixFolderCalls.OpenForReading(Require(place, path), place.Name, follow: false), path);
        File.SetUnixFileMode(to, File.GetUnixFileMode(from));
        return true;
    });

    public string? ResolveLinks(string path) => _disk.ResolveLinks(path);

    public string? ReadLink(string path) => TryGetEntry(path) is { Kind: EntryKind.SymbolicLink } ? _disk.ReadLink(path) : null;

    public void CreateLink(string path, string target) => At(path, writing: true, () => Done(() => _disk.CreateLink(path, target)), (place, path) =>
    {
        CheckNamed(UnixFolderCalls.MakeLink(target, Require(place, path), place.Name), path);
        return true;
    });

    public bool CanWriteIn(string folder) => _disk.CanWriteIn(folder);

    public long GetFreeSpace(string path) => _disk.GetFreeSpace(path);

    public IDisposable? TryLock(string path) => At(path, writing: true, () => _disk.TryLock(path), static (place, path) =>
    {
        var folder = Require(place, path);
        if (EntryProbe.TryGet(folder, place.Name, path, follow: false) is null)
        {
            using var made = UnixFolderCalls.MakeFile(folder, place.Name, UnixModes.Requested(FilePermission.Private, isFolder: false));
        }

        FileOpening.RefuseSpecial(EntryProbe.TryGet(folder, place.Name, path, follow: false)?.Kind, path);
        using var handle = Valid(UnixFolderCalls.OpenForLocking(folder, place.Name), path);
        var descriptor = (int)handle.DangerousGetHandle();
        handle.SetHandleAsInvalid();
        return UnixCalls.TryLockOpened(descriptor, path);
    });

    public IConfinedFileSystem Confine(IReadOnlyList<string> roots) => new ConfinedUnixFiles(_disk, roots);

    private static bool Done(Action action)
    {
        action();
        return true;
    }

    private T At<T>(string path, bool writing, Func<T> beneath, Func<UnixPlace, string, T> inside)
    {
        var normal = ConfinedRoots.Normal(path);
        if (_roots.IsAbove(normal))
        {
            return beneath();
        }

        return FileErrors.Guard(path, writing, () =>
        {
            using var place = _folders.Reach(normal);
            return inside(place, path);
        });
    }

    // Where the folder is gone, or is a file, nothing is there; anything else is a failure.
    private static T? Missing<T>(UnixPlace place, string path)
        => place.Errno is Errno.NotFound or Errno.NotDirectory ? default : throw FileErrors.FromErrno(place.Errno, path, writing: false);

    private static SafeFileHandle Require(UnixPlace place, string path, bool writing = true)
        => place.Folder ?? throw (place.Errno == Errno.NotFound
            ? FileErrors.Translate(new DirectoryNotFoundException(), path, writing)
            : FileErrors.FromErrno(place.Errno, path, writing));

    private static GuardedStream Open(SafeFileHandle handle, string path, FileAccess access)
        => new(new FileStream(Valid(handle, path, access != FileAccess.Read), access, bufferSize: 0), path, access != FileAccess.Read);

    private static SafeFileHandle Valid(SafeFileHandle handle, string path, bool writing = true)
    {
        if (!handle.IsInvalid)
        {
            return handle;
        }

        var errno = Marshal.GetLastPInvokeError();
        handle.Dispose();
        throw errno == Errno.NotFound ? FileErrors.Translate(new FileNotFoundException(), path, writing)
            : errno == Errno.Loop ? FileErrors.Blocked(path, "a symbolic link")
            : FileErrors.FromErrno(errno, path, writing);
    }

    // The folder is open, so what is not there can only be the folder itself, deleted since, or the file that this program made in it.
    private static void CheckNamed(int result, string path)
    {
        if (result != 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            throw errno == Errno.NotFound ? ConfinedRoots.TakenAway(path) : FileErrors.FromErrno(errno, path, writing: true);
        }
    }

    private static SafeFileHandle Made(SafeFileHandle handle, string path)
        => handle.IsInvalid && Marshal.GetLastPInvokeError() == Errno.NotFound ? throw ConfinedRoots.TakenAway(path) : handle;
}
