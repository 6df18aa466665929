using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Codexport.Engine.Platform.Native;
using Microsoft.Win32.SafeHandles;

namespace Codexport.Engine.Platform.Watching;

/// <summary>
/// Watches folders, with all below them where that is asked for, through one inotify instance and one thread. FileSystemWatcher is not used
/// on Linux: in .NET 10 a folder that is moved out of a watched one takes the watch of the whole tree with it when another event follows
/// within milliseconds, and after an overflow of the queue nothing is told any more; both in silence.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class InotifyTree : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SafeFileHandle _instance = InotifyCalls.Create();
    private readonly InotifyPlaces _places;
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
        _places = new InotifyPlaces(_instance, folders);
        _failed = failed;
    }

    /// <summary>Watches a folder until the answer is disposed of.</summary>
    /// <param name="folder">Its path, links resolved.</param>
    /// <param name="withSubfolders">Whether with all below it.</param>
    /// <param name="changed">Takes the path below the folder and what happened; called from any thread.</param>
    /// <exception cref="IOException">The folder cannot be watched, such as when the user's watches are used up.</exception>
    public IDisposable Watch(string folder, bool withSubfolders, Action<string, WatcherChangeTypes> changed)
    {
        var root = new InotifyRoot(withSubfolders, changed);
        lock (_gate)
        {
            try
            {
                if (_isDisposed)
                {
                    throw new IOException("Watching has ended.");
                }

                _places.Add(root, folder);
            }
            catch
            {
                _places.Remove(root);
                throw;
            }

            if (!_isReading)
            {
                _isReading = true;
                new Thread(ReadAll) { IsBackground = true, Name = "Codexport inotify" }.Start();
            }
        }

        return new Watching(this, root);
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
            var any = _places.Any ?? InotifyCalls.AddWatch(_instance, "/", InotifyMask.Deleted | InotifyMask.OnlyFolders);
            _places.Clear();
            _ = InotifyCalls.RemoveWatch(_instance, any);
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

                if (count < InotifyEvent.HeaderSize)
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
        while (events.Length >= InotifyEvent.HeaderSize)
        {
            Take(InotifyEvent.ReadFirst(ref events));
        }
    }

    private void Take(InotifyEvent happening)
    {
        if (happening.Mask.HasFlag(InotifyMask.Overflow))
        {
            _failed(null);
            return;
        }

        IReadOnlyList<InotifyPlace> places;
        lock (_gate)
        {
            places = _places.Follow(happening);
        }

        // Told after the new folders are watched: who then looks sees all that came before, and hears of all that comes after.
        foreach (var place in places)
        {
            place.Root.Tell(place.PathOf(happening.Name), happening.Type);
        }
    }

    private sealed class Watching(InotifyTree tree, InotifyRoot root) : IDisposable
    {
        public void Dispose()
        {
            lock (tree._gate)
            {
                if (!tree._isDisposed)
                {
                    tree._places.Remove(root);
                }
            }
        }
    }
}
