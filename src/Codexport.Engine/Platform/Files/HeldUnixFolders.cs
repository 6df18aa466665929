using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Codexport.Engine.Platform.Native;
using Microsoft.Win32.SafeHandles;

namespace Codexport.Engine.Platform.Files;

/// <summary>The roots of a confined disk, held open, and the way from them to a path: one folder after the other, none of them a link.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class HeldUnixFolders : IDisposable
{
    private readonly ConfinedRoots _roots;
    private readonly ConcurrentDictionary<string, SafeFileHandle> _open = new(StringComparer.Ordinal);

    public HeldUnixFolders(ConfinedRoots roots, IEnumerable<string> paths)
    {
        _roots = roots;
        foreach (var path in paths)
        {
            // The person may have made a link of a root before; one that is only made later is no link.
            Keep(path, UnixFolderCalls.OpenFolder(path, follow: true));
        }
    }

    public void Dispose()
    {
        foreach (var handle in _open.Values)
        {
            handle.Dispose();
        }
    }

    /// <summary>The folder of a path, and the name in it. The path is a normal one, and not a root.</summary>
    public UnixPlace Reach(string path)
    {
        var root = _roots.RootOf(path);
        var name = Path.GetFileName(path);
        if (OpenRoot(root, out var errno) is not { } current)
        {
            return new UnixPlace(null, null, name, errno);
        }

        SafeFileHandle? owned = null;
        for (var start = root.Length == 1 ? 1 : root.Length + 1; path.IndexOf('/', start) is > 0 and var slash; start = slash + 1)
        {
            var next = UnixFolderCalls.OpenFolder(owned ?? current, path[start..slash]);
            if (next.IsInvalid)
            {
                errno = Marshal.GetLastPInvokeError();
                using (owned)
                using (next)
                {
                    Judge(owned ?? current, path[start..slash], path[..slash], errno);
                }

                return new UnixPlace(null, null, name, errno);
            }

            owned?.Dispose();
            owned = next;
            _roots.Remember(path.AsSpan(0, slash));
        }

        return new UnixPlace(owned ?? current, owned, name, 0);
    }

    /// <summary>Fails when what could not be passed through is a link, or a folder that was there before.</summary>
    private void Judge(SafeFileHandle above, string name, string folder, int errno)
    {
        if (EntryProbe.Status(above, name, follow: false, out var status) == 0 && status.Kind == EntryKind.SymbolicLink)
        {
            throw FileErrors.Blocked(folder, "a symbolic link");
        }

        if (errno == Errno.Loop)
        {
            // It was one a moment ago.
            throw FileErrors.Blocked(folder, "a symbolic link");
        }

        _roots.RequireNew(folder);
    }

    private SafeFileHandle? OpenRoot(string root, out int errno)
    {
        errno = 0;
        if (_open.TryGetValue(root, out var known))
        {
            return known;
        }

        var opened = UnixFolderCalls.OpenFolder(root, follow: false);
        errno = opened.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
        if (errno != 0)
        {
            opened.Dispose();
            return errno is Errno.NotFound ? null
                : EntryProbe.TryGet(root, follow: false) is { Kind: EntryKind.SymbolicLink } ? throw FileErrors.Blocked(root, "a symbolic link")
                : throw FileErrors.FromErrno(errno, root, writing: true);
        }

        return Keep(root, opened);
    }

    private SafeFileHandle? Keep(string path, SafeFileHandle handle)
    {
        if (handle.IsInvalid || !_open.TryAdd(path, handle))
        {
            handle.Dispose();
        }

        return _open.GetValueOrDefault(path);
    }
}
