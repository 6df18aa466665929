using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Follower;

/// <summary>
/// The real disk without waiting for it: these tests are about what is written, not about power losses, and waiting for a disk at every
/// step of some hundred joins takes a minute.
/// </summary>
public sealed class UnsyncedFileSystem : IFileSystem
{
    private readonly PhysicalFileSystem _disk = new();

    public bool IsCaseSensitive => _disk.IsCaseSensitive;

    public bool HasExecutableBit => _disk.HasExecutableBit;

    public FileEntry? TryGetEntry(string path) => _disk.TryGetEntry(path);

    public EntryFacts? TryGetFacts(string path) => _disk.TryGetFacts(path);

    public IEnumerable<FileEntry> Enumerate(string directory) => _disk.Enumerate(directory);

    public Stream OpenRead(string path) => _disk.OpenRead(path);

    public Stream CreateNew(string path, FilePermission permission) => _disk.CreateNew(path, permission);

    public Stream OpenAppend(string path, FilePermission permission) => _disk.OpenAppend(path, permission);

    public void FlushToDisk(Stream stream) => stream.Flush();

    public void FlushDirectory(string directory)
    {
    }

    public bool TryFlushVolume(string path) => true;

    public void Move(string source, string destination, bool overwrite) => _disk.Move(source, destination, overwrite);

    public void DeleteFile(string path) => _disk.DeleteFile(path);

    public void DeleteEmptyDirectory(string path) => _disk.DeleteEmptyDirectory(path);

    public void CreateDirectory(string path, FilePermission permission) => _disk.CreateDirectory(path, permission);

    public void SetPermission(string path, FilePermission permission) => _disk.SetPermission(path, permission);

    public void CopyPermission(string source, string destination) => _disk.CopyPermission(source, destination);

    public string? ReadLink(string path) => _disk.ReadLink(path);

    public void CreateLink(string path, string target) => _disk.CreateLink(path, target);

    public string? ResolveLinks(string path) => _disk.ResolveLinks(path);

    public long GetFreeSpace(string path) => _disk.GetFreeSpace(path);

    public IDisposable? TryLock(string path) => _disk.TryLock(path);
}
