using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Platform;

/// <summary>A disk that hands every call on to another one; what a test wants otherwise, it overrides.</summary>
public abstract class DelegatingFileSystem(IFileSystem inner) : IConfinedFileSystem
{
    public bool IsCaseSensitive => inner.IsCaseSensitive;

    public bool HasExecutableBit => inner.HasExecutableBit;

    /// <summary>The disk beneath.</summary>
    protected IFileSystem Inner => inner;

    public FileEntry? TryGetEntry(string path) => inner.TryGetEntry(Use(path));

    public EntryFacts? TryGetFacts(string path) => inner.TryGetFacts(Use(path));

    public IEnumerable<FileEntry> Enumerate(string directory) => inner.Enumerate(Use(directory));

    public virtual Stream OpenRead(string path) => inner.OpenRead(Use(path));

    public virtual Stream CreateNew(string path, FilePermission permission) => inner.CreateNew(Use(path), permission);

    public virtual Stream OpenAppend(string path, FilePermission permission) => inner.OpenAppend(Use(path), permission);

    public virtual void FlushToDisk(Stream stream) => inner.FlushToDisk(stream);

    public virtual void FlushDirectory(string directory) => inner.FlushDirectory(Use(directory));

    public virtual bool TryFlushVolume(string path) => inner.TryFlushVolume(path);

    public void RequireReplaceable(string path) => inner.RequireReplaceable(path);

    public void Move(string source, string destination, bool overwrite) => inner.Move(Use(source), Use(destination), overwrite);

    public void DeleteFile(string path) => inner.DeleteFile(Use(path));

    public void DeleteEmptyDirectory(string path) => inner.DeleteEmptyDirectory(Use(path));

    public void CreateDirectory(string path, FilePermission permission) => inner.CreateDirectory(Use(path), permission);

    public void SetPermission(string path, FilePermission permission) => inner.SetPermission(Use(path), permission);

    public void CopyPermission(string source, string destination) => inner.CopyPermission(Use(source), Use(destination));

    public string? ReadLink(string path) => inner.ReadLink(Use(path));

    public void CreateLink(string path, string target) => inner.CreateLink(Use(path), target);

    public string? ResolveLinks(string path) => inner.ResolveLinks(path);

    public bool CanWriteIn(string folder) => inner.CanWriteIn(folder);

    public long GetFreeSpace(string path) => inner.GetFreeSpace(path);

    public virtual IDisposable? TryLock(string path) => inner.TryLock(Use(path));

    public abstract IConfinedFileSystem Confine(IReadOnlyList<string> roots);

    public void Dispose()
    {
        (inner as IConfinedFileSystem)?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Told of the path of a call before it is made; the path that is used.</summary>
    protected virtual string Use(string path) => path;
}
