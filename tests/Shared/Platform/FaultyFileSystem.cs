using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Platform;

/// <summary>The machine stopped: nothing more is done on this file system.</summary>
public sealed class PowerLossException() : Exception("The power went.");

/// <summary>
/// Counts the calls of another file system, writes to its streams included, and at one of them fails, stops for good, or lets somebody
/// else do something first.
/// </summary>
public sealed class FaultyFileSystem(IFileSystem inner) : IConfinedFileSystem
{
    private readonly FaultyFileSystem? _owner;
    private bool _isDown;

    // What is confined counts its calls with the rest.
    private FaultyFileSystem(FaultyFileSystem owner, IFileSystem inner)
        : this(inner) => _owner = owner;

    /// <summary>Calls so far.</summary>
    public int Calls { get; private set; }

    /// <summary>The call, counted from 1, at which it happens; 0 for never.</summary>
    public int FailAt { get; init; }

    /// <summary>Whether everything fails from there on, as when the machine stops; else one typed error.</summary>
    public bool IsPowerLoss { get; init; }

    /// <summary>Done just before that call, which then goes on as if nothing was.</summary>
    public Action? Meanwhile { get; init; }

    /// <summary>Told of each call and its path before it is done.</summary>
    public Action<string, string>? Seen { get; init; }

    /// <summary>What the call at which it happened was.</summary>
    public string Last { get; private set; } = "";

    public bool IsCaseSensitive => inner.IsCaseSensitive;

    public bool HasExecutableBit => inner.HasExecutableBit;

    public FileEntry? TryGetEntry(string path) => Run("status", path, () => inner.TryGetEntry(path));

    public EntryFacts? TryGetFacts(string path) => Run("facts", path, () => inner.TryGetFacts(path));

    public IEnumerable<FileEntry> Enumerate(string directory) => Run("list", directory, () => inner.Enumerate(directory));

    public Stream OpenRead(string path) => Run("read", path, () => inner.OpenRead(path));

    public Stream CreateNew(string path, FilePermission permission)
        => new CountedStream(this, Run("create", path, () => inner.CreateNew(path, permission)), path);

    public Stream OpenAppend(string path, FilePermission permission)
        => new CountedStream(this, Run("append", path, () => inner.OpenAppend(path, permission)), path);

    public void FlushToDisk(Stream stream)
    {
        var counted = (CountedStream)stream;
        Run("fsync", counted.Path, () => inner.FlushToDisk(counted.Inner));
    }

    public void FlushDirectory(string directory) => Run("fsync-dir", directory, () => inner.FlushDirectory(directory));

    public bool TryFlushVolume(string path) => Run("syncfs", path, () => inner.TryFlushVolume(path));

    public void RequireReplaceable(string path) => Run("replaceable", path, () => inner.RequireReplaceable(path));

    public void Move(string source, string destination, bool overwrite)
        => Run("move", destination, () => inner.Move(source, destination, overwrite));

    public void DeleteFile(string path) => Run("delete", path, () => inner.DeleteFile(path));

    public void DeleteEmptyDirectory(string path) => Run("rmdir", path, () => inner.DeleteEmptyDirectory(path));

    public void CreateDirectory(string path, FilePermission permission)
        => Run("mkdir", path, () => inner.CreateDirectory(path, permission));

    public void SetPermission(string path, FilePermission permission)
        => Run("chmod", path, () => inner.SetPermission(path, permission));

    public void CopyPermission(string source, string destination)
        => Run("chmod", destination, () => inner.CopyPermission(source, destination));

    public string? ReadLink(string path) => Run("readlink", path, () => inner.ReadLink(path));

    public void CreateLink(string path, string target) => Run("symlink", path, () =>
    {
        inner.CreateLink(path, target);
        return true;
    });

    public string? ResolveLinks(string path) => Run("resolve", path, () => inner.ResolveLinks(path));

    public long GetFreeSpace(string path) => Run("space", path, () => inner.GetFreeSpace(path));

    public IDisposable? TryLock(string path) => Run("lock", path, () => inner.TryLock(path));

    public IConfinedFileSystem Confine(IReadOnlyList<string> roots) => new FaultyFileSystem(_owner ?? this, inner.Confine(roots));

    public void Dispose() => (inner as IConfinedFileSystem)?.Dispose();

    private void Run(string call, string path, Action action) => Run(call, path, () =>
    {
        action();
        return true;
    });

    private T Run<T>(string call, string path, Func<T> action)
    {
        if (_owner is not null)
        {
            return _owner.Run(call, path, action);
        }

        if (_isDown)
        {
            throw new PowerLossException();
        }

        Seen?.Invoke(call, path);
        if (++Calls == FailAt)
        {
            Last = call + " " + path.Replace(Path.DirectorySeparatorChar, '/');
            if (Meanwhile is null)
            {
                _isDown = IsPowerLoss;
                throw IsPowerLoss
                    ? new PowerLossException()
                    : new CodexportException(ErrorCode.DiskFull, $"Injected at '{Last}'.", "None.", path);
            }

            Meanwhile();
        }

        return action();
    }

    private sealed class CountedStream(FaultyFileSystem owner, Stream inner, string path) : Stream
    {
        public Stream Inner => inner;

        public string Path => path;

        public override bool CanRead => false;

        public override bool CanSeek => inner.CanSeek;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void SetLength(long value) => owner.Run("truncate", path, () => inner.SetLength(value));

        public override void Write(byte[] buffer, int offset, int count)
        {
            // Half of it arrives first: a write that fails has often written something.
            inner.Write(buffer, offset, count / 2);
            owner.Run("write", path, () => inner.Write(buffer, offset + (count / 2), count - (count / 2)));
        }

        public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
