using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Codexport.Engine.Platform.Files;

/// <summary>
/// The roots of a confined disk on Windows. There are no calls on a name in an open folder, but a folder that is held open cannot be moved
/// away: the way to a path is held, folder by folder, each looked at through its handle, until the work at its end is done.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class HeldWindowsFolders : IDisposable
{
    private const int NotFound = 2;
    private const int PathNotFound = 3;

    private readonly ConfinedRoots _roots;
    private readonly ConcurrentDictionary<string, HeldRoot> _open = new(StringComparer.Ordinal);

    public HeldWindowsFolders(ConfinedRoots roots, IEnumerable<string> paths)
    {
        _roots = roots;
        foreach (var path in paths)
        {
            Keep(path, WindowsCalls.HoldFolder(path, follow: true));
        }
    }

    public void Dispose()
    {
        foreach (var root in _open.Values)
        {
            root.Handle.Dispose();
        }
    }

    /// <summary>Holds the folders on the way to a path, which is a normal one and not a root.</summary>
    /// <param name="path">The path.</param>
    /// <param name="real">The same path by way of where its root really is.</param>
    public HeldWay Hold(string path, out string real)
    {
        var root = _roots.RootOf(path);
        real = path;
        if (OpenRoot(root) is not { } known)
        {
            return new HeldWay([]);
        }

        // The link that the person made of a root is followed once: what it leads to is what is held.
        var below = Path.TrimEndingDirectorySeparator(root).Length;
        real = Path.TrimEndingDirectorySeparator(known.RealPath) + path[below..];
        var way = new HeldWay([]);
        var shift = real.Length - path.Length;
        for (var slash = path.IndexOf('\\', below + 1); slash > 0; slash = path.IndexOf('\\', slash + 1))
        {
            var handle = WindowsCalls.HoldFolder(real[..(slash + shift)], follow: false);
            if (handle.IsInvalid)
            {
                var error = Marshal.GetLastPInvokeError();
                handle.Dispose();
                Judge(way, path[..slash], error);
                break;
            }

            way.Handles.Add(handle);
            if ((File.GetAttributes(handle) & FileAttributes.ReparsePoint) != 0)
            {
                way.Dispose();
                throw FileErrors.Blocked(path[..slash], "a link or junction");
            }

            _roots.Remember(path.AsSpan(0, slash));
        }

        return way;
    }

    // What is not there yet has nothing to hold, and the work itself says that it is missing. What cannot be held is not worked in.
    private void Judge(HeldWay way, string folder, int error)
    {
        try
        {
            _ = error is NotFound or PathNotFound ? false
                : throw FileErrors.Translate(new IOException(Marshal.GetPInvokeErrorMessage(error), unchecked((int)0x80070000) | error), folder, writing: true);
            _roots.RequireNew(folder);
        }
        catch
        {
            way.Dispose();
            throw;
        }
    }

    private HeldRoot? OpenRoot(string root)
    {
        if (_open.TryGetValue(root, out var known))
        {
            return known;
        }

        var handle = WindowsCalls.HoldFolder(root, follow: false);
        if (!handle.IsInvalid && (File.GetAttributes(handle) & FileAttributes.ReparsePoint) != 0)
        {
            handle.Dispose();
            throw FileErrors.Blocked(root, "a link or junction");
        }

        return Keep(root, handle);
    }

    private HeldRoot? Keep(string path, SafeFileHandle handle)
    {
        if (handle.IsInvalid || !_open.TryAdd(path, new HeldRoot(handle, WindowsCalls.FinalPath(handle) ?? path)))
        {
            handle.Dispose();
        }

        return _open.GetValueOrDefault(path);
    }

    private sealed record HeldRoot(SafeFileHandle Handle, string RealPath);
}

/// <summary>The folders on a way, held until this is disposed.</summary>
[SupportedOSPlatform("windows")]
internal sealed record HeldWay(List<SafeFileHandle> Handles) : IDisposable
{
    public void Dispose()
    {
        foreach (var handle in Handles)
        {
            handle.Dispose();
        }
    }
}
