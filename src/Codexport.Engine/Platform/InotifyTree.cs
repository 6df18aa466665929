using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Codexport.Engine.Platform;

/// <summary>
/// Watches folders, with all below them where that is asked for, through one inotify instance and one thread. FileSystemWatcher is not used
/// on Linux: in .NET 10 a folder that is moved out of a watched one takes the watch of the whole tree with it when another event follows
/// within milliseconds, and after an overflow of the queue nothing is told any more; both in silence.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class InotifyTree : IDisposable
{
    /// <summary>What is asked of each folder.</summary>
    internal const InotifyMask Interesting = InotifyMask.Modified | InotifyMask.AttributesChanged | InotifyMask.ClosedAfterWrite
        | InotifyMask.MovedFrom | InotifyMask.MovedTo | InotifyMask.Created | InotifyMask.Deleted
        | InotifyMask.OnlyFolders | InotifyMask.DoNotFollow | InotifyMask.WithoutUnlinked;

    private const int HeaderSize = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, List<Place>> _places = [];
    private readonly SafeFileHandle _instance = InotifyCalls.Create();
    private readonly WatchableFolders _folders;
    private readonly Action<Exception?> _failed;
    private bool _isReading;
    private bool _isDisposed;

    /// <summary>Makes an instance; nothing is watched yet.</summary>
    /// <param name="folders">Which folders below others are watched with them.</param>
    /// <param name="failed">
    /// Called from any thread when no more changes, or not all of them, are told: with the cause, or null when there were too many at once.
    /// </param>
    /// <exception cref="IOException">There are no instances left.</exception>
    public InotifyTree(WatchableFolders folders, Action<Exception?> failed)
    {
        _folders = folders;
        _failed = failed;
    }

    /// <summary>Watches a folder until the answer is disposed of.</summary>
    /// <param name="folder">Its path, links resolved.</param>
    /// <param name="withSubfolders">Whether with all below it.</param>
    /// <param name="changed">Takes the path below the folder and what happened; called from any thread.</param>
    /// <exception cref="IOException">The folder cannot be watched, such as when the user's watches are used up.</exception>
    public IDisposable Watch(string folder, bool withSubfolders, Action<string, WatcherChangeTypes> changed)
    {
        var root = new Root(this, withSubfolders, changed);
        lock (_gate)
        {
            try
            {
                if (_isDisposed)
                {
                    throw new IOException("Watching has ended.");
                }

                if (Add(root, folder, string.Empty) is var errno && errno != 0)
                {
                    throw InotifyCalls.Failure(errno, folder);
                }
            }
            catch
            {
                Remove(place => place.Root == root);
                throw;
            }

            if (!_isReading)
            {
                _isReading = true;
                new Thread(ReadAll) { IsBackground = true, Name = "Codexport inotify" }.Start();
            }
        }

        return root;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            if (!_isReading)
            {
                _instance.Dispose();
                return;
            }

            // A watch that goes wakes the thread; closing the instance then ends all others at once.
            var any = _places.Count > 0 ? _places.Keys.First() : InotifyCalls.AddWatch(_instance, "/", InotifyMask.Deleted | InotifyMask.OnlyFolders);
            _places.Clear();
            _ = InotifyCalls.RemoveWatch(_instance, any);
        }
    }

    /// <summary>Watches a folder and those below. Gives the error number of the folder itself, and throws where the limit is reached.</summary>
    private int Add(Root root, string folder, string below)
    {
        var watch = InotifyCalls.AddWatch(_instance, folder, Interesting);
        if (watch < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            return errno == Errno.NoSpace ? throw InotifyCalls.Failure(errno, folder) : errno;
        }

        if (!_places.TryGetValue(watch, out var places))
        {
            _places[watch] = places = new List<Place>(1);
        }

        if (!places.Exists(place => place.Root == root && place.Folder == folder))
        {
            // Two places of one folder: it moved, and the older one is gone.
            places.RemoveAll(place => place.Root == root);
            places.Add(new Place(root, folder, below));
        }

        if (root.WithSubfolders)
        {
            // One that went meanwhile, or that may not be read, is not watched; the scan says what it makes of it.
            _folders.ForEachIn(folder, name => _ = Add(root, Path.Join(folder, name), Join(below, name)));
        }

        return 0;
    }

    private void Remove(Predicate<Place> isGone)
    {
        foreach (var (watch, places) in _places.ToList())
        {
            if (places.RemoveAll(isGone) > 0 && places.Count == 0)
            {
                _places.Remove(watch);
                _ = InotifyCalls.RemoveWatch(_instance, watch);
            }
        }
    }

    private void ReadAll()
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (true)
            {
                var count = (int)InotifyCalls.Read(_instance, ref buffer[0], buffer.Length);
                var errno = count < 0 ? Marshal.GetLastPInvokeError() : 0;
                if (Volatile.Read(ref _isDisposed))
                {
                    return;
                }

                if (errno == Errno.Interrupted)
                {
                    continue;
                }

                if (count < HeaderSize)
                {
                    _failed(InotifyCalls.Failure(errno, "inotify"));
                    return;
                }

                TakeAll(buffer.AsSpan(0, count));
            }
        }
        catch (IOException error)
        {
            _failed(error);
        }
        finally
        {
            lock (_gate)
            {
                _isDisposed = true;
                _places.Clear();
                _instance.Dispose();
            }
        }
    }

    private void TakeAll(ReadOnlySpan<byte> events)
    {
        while (events.Length >= HeaderSize)
        {
            var watch = BinaryPrimitives.ReadInt32LittleEndian(events);
            var mask = (InotifyMask)BinaryPrimitives.ReadUInt32LittleEndian(events[4..]);
            var length = BinaryPrimitives.ReadInt32LittleEndian(events[12..]);
            var name = events.Slice(HeaderSize, length);
            var end = name.IndexOf((byte)0);
            Take(watch, mask, Encoding.UTF8.GetString(end < 0 ? name : name[..end]));
            events = events[(HeaderSize + length)..];
        }
    }

    private void Take(int watch, InotifyMask mask, string name)
    {
        if (mask.HasFlag(InotifyMask.Overflow))
        {
            _failed(null);
            return;
        }

        Place[] places;
        lock (_gate)
        {
            if (mask.HasFlag(InotifyMask.Ignored))
            {
                _places.Remove(watch);
                return;
            }

            if (name.Length == 0 || !_places.TryGetValue(watch, out var known))
            {
                return;
            }

            places = [.. known];
            if (mask.HasFlag(InotifyMask.IsFolder) && !_folders.IsSkipped(name))
            {
                foreach (var place in places.Where(place => place.Root.WithSubfolders))
                {
                    Follow(place, mask, name);
                }
            }
        }

        // Told after the new folders are watched: who then looks sees all that came before, and hears of all that comes after.
        var type = (mask & (InotifyMask.Created | InotifyMask.MovedTo)) != 0 ? WatcherChangeTypes.Created
            : (mask & (InotifyMask.Deleted | InotifyMask.MovedFrom)) != 0 ? WatcherChangeTypes.Deleted
            : mask.HasFlag(InotifyMask.IsFolder) ? WatcherChangeTypes.Created
            : WatcherChangeTypes.Changed;
        foreach (var place in places)
        {
            place.Root.Changed(Join(place.Below, name), type);
        }
    }

    private void Follow(Place place, InotifyMask mask, string name)
    {
        var folder = Path.Join(place.Folder, name);
        if (mask.HasFlag(InotifyMask.MovedFrom))
        {
            // Where it went to, if that is watched, it is taken up anew.
            Remove(other => other.Root == place.Root && (other.Folder == folder || other.Folder.StartsWith(folder + "/", StringComparison.Ordinal)));
        }
        else if (!mask.HasFlag(InotifyMask.Deleted))
        {
            // Also one whose rights changed: it may not have been readable before.
            _ = Add(place.Root, folder, Join(place.Below, name));
        }
    }

    private static string Join(string below, string name) => below.Length == 0 ? name : string.Concat(below, "/", name);

    /// <summary>A watched folder, and which root it is watched for; the same folder may lie below several.</summary>
    private sealed record Place(Root Root, string Folder, string Below);

    private sealed class Root(InotifyTree tree, bool withSubfolders, Action<string, WatcherChangeTypes> changed) : IDisposable
    {
        public bool WithSubfolders => withSubfolders;

        public void Changed(string path, WatcherChangeTypes type) => changed(path, type);

        public void Dispose()
        {
            lock (tree._gate)
            {
                if (!tree._isDisposed)
                {
                    tree.Remove(place => place.Root == this);
                }
            }
        }
    }
}
