using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;

namespace Codexport.Tests.Platform;

/// <summary>Whose rules a disk in memory keeps.</summary>
public enum DiskRules
{
    /// <summary>Open files can be replaced and deleted, names are flushed by folder, and files have an execute bit.</summary>
    Unix,

    /// <summary>
    /// Case does not count; device names and trailing dots cannot be used; nothing is renamed over an open file; what is deleted while it is
    /// open stays until it is closed; what others hold cannot be touched; changes of names reach the disk in their order and are not flushed.
    /// </summary>
    Windows,
}

/// <content>What differs on Windows, and how the paths of either system are read.</content>
public sealed partial class MemoryFileSystem
{
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int InvalidName = unchecked((int)0x8007007B);

    private static readonly System.Buffers.SearchValues<char> NotInNames = System.Buffers.SearchValues.Create("<>:\"|?*");

    private static string CurrentDrive { get; } = OperatingSystem.IsWindows() ? Path.GetPathRoot(Environment.CurrentDirectory)![..2] : "";

    /// <summary>Another program opens a file and does not share its deletion, or works in a folder.</summary>
    public IDisposable Hold(string path)
    {
        lock (_gate)
        {
            var node = _tree[Real(path)];
            node.Held++;
            return new Undo(() => node.Held = Math.Max(0, node.Held - 1));
        }
    }

    public void RequireReplaceable(string path)
    {
        lock (_gate)
        {
            if (_tree.TryGetValue(Real(path), out var node))
            {
                RequireFree(node, path);
            }
        }
    }

    /// <summary>
    /// The path as the tree knows it: with slashes, and without the drive that the tests run on, so that a path without a drive means the
    /// same.
    /// </summary>
    private static string Key(string path)
    {
        var key = OperatingSystem.IsWindows() ? path.Replace('\\', '/') : path;
        return CurrentDrive.Length > 0 && key.StartsWith(CurrentDrive, StringComparison.OrdinalIgnoreCase) ? key[2..] : key;
    }

    private static string Parent(string key) => key.LastIndexOf('/') is > 0 and var slash ? key[..slash] : "/";

    private static bool IsDirectlyBelow(string key, string above)
        => key.Length > above.Length && key.StartsWith(above, StringComparison.Ordinal) && key.IndexOf('/', above.Length) < 0;

    private FileEntry Entry(Inode node, string path) => new(
        path, node.Kind, node.Content.Length, node.Modified, node.Kind == EntryKind.File && HasExecutableBit && node.Permission == FilePermission.Executable);

    private ReadStream Reading(Inode node, string path)
    {
        RequireNotPending(node, path, writing: false);
        return new ReadStream(node.Content, Open(node));
    }

    private NodeStream Writing(Inode node, string path)
    {
        RequireNotPending(node, path, writing: true);
        return new NodeStream(node, Open(node));
    }

    private Undo Open(Inode node)
    {
        node.Opened++;
        return new Undo(() => Close(node));
    }

    private void Close(Inode node)
    {
        lock (_gate)
        {
            if (--node.Opened == 0 && node.IsDeletePending)
            {
                Change(_tree.RemoveRange(_tree.Where(pair => pair.Value == node).Select(pair => pair.Key).ToList()));
            }
        }
    }

    private static void RequireNotPending(Inode node, string path, bool writing)
    {
        if (node.IsDeletePending)
        {
            throw FileErrors.Translate(new UnauthorizedAccessException(), path, writing);
        }
    }

    private void RequireFree(Inode node, string path)
    {
        if (rules == DiskRules.Windows && node.Held > 0)
        {
            throw FileErrors.Translate(new IOException("in use", SharingViolation), path, writing: true);
        }
    }

    private void RequireMovable(Inode source, Inode? target, string path)
    {
        RequireFree(source, path);
        if (rules == DiskRules.Windows && target is { Held: > 0 } or { Opened: > 0 })
        {
            throw FileErrors.Translate(new UnauthorizedAccessException(), path, writing: true);
        }
    }

    /// <summary>Whether a file that is deleted stays, because it is open.</summary>
    private bool IsLeftForLater(Inode node, string path)
    {
        RequireFree(node, path);
        node.IsDeletePending = rules == DiskRules.Windows && node.Opened > 0;
        return node.IsDeletePending;
    }

    private void RequireName(string key, string path)
    {
        var name = key[(key.LastIndexOf('/') + 1)..];
        if (rules == DiskRules.Windows && (SafePath.IsDevice(name) || name[^1] is '.' or ' ' || name.AsSpan().ContainsAny(NotInNames)))
        {
            throw FileErrors.Translate(new IOException("not a name", InvalidName), path, writing: true);
        }
    }

    private sealed class ReadStream(byte[] content, IDisposable closing) : MemoryStream(content, writable: false)
    {
        protected override void Dispose(bool disposing)
        {
            closing.Dispose();
            base.Dispose(disposing);
        }
    }
}
