using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Codexport.Engine.Platform.Native;
using Microsoft.Win32.SafeHandles;

namespace Codexport.Engine.Platform.Watching;

/// <summary>A folder that is watched for somebody.</summary>
internal sealed class InotifyRoot(bool withSubfolders, Action<string, WatcherChangeTypes> changed)
{
    /// <summary>Whether with all below it.</summary>
    public bool WithSubfolders => withSubfolders;

    /// <summary>Tells the path below it and what happened there.</summary>
    public void Tell(string path, WatcherChangeTypes type) => changed(path, type);
}

/// <summary>A watched folder, and which root it is watched for; the same folder may lie below several.</summary>
/// <param name="Root">The root.</param>
/// <param name="Folder">Its path.</param>
/// <param name="Below">Its path below the root, with slashes; empty for the root itself.</param>
internal sealed record InotifyPlace(InotifyRoot Root, string Folder, string Below)
{
    /// <summary>The path below the root of a name in this folder.</summary>
    public string PathOf(string name) => Below.Length == 0 ? name : string.Concat(Below, "/", name);
}

/// <summary>Which folder stands behind the number of a watch, kept true while folders come, move and go. Not safe for concurrent use.</summary>
[SupportedOSPlatform("linux")]
internal sealed class InotifyPlaces(SafeFileHandle instance, WatchableFolders folders)
{
    /// <summary>What is asked of each folder.</summary>
    internal const InotifyMask Interesting = InotifyMask.Modified | InotifyMask.AttributesChanged | InotifyMask.ClosedAfterWrite
        | InotifyMask.MovedFrom | InotifyMask.MovedTo | InotifyMask.Created | InotifyMask.Deleted
        | InotifyMask.OnlyFolders | InotifyMask.DoNotFollow | InotifyMask.WithoutUnlinked;

    private readonly Dictionary<int, List<InotifyPlace>> _places = [];

    /// <summary>The number of any watch; null when there is none.</summary>
    public int? Any => _places.Count > 0 ? _places.Keys.First() : null;

    /// <summary>Watches a root's folder, and those below if it asks for them.</summary>
    /// <exception cref="IOException">The folder cannot be watched, or there are no watches left.</exception>
    public void Add(InotifyRoot root, string folder)
    {
        if (Add(root, folder, string.Empty) is var errno && errno != 0)
        {
            throw InotifyCalls.Failure(errno, folder);
        }
    }

    /// <summary>Ends what is watched for a root alone.</summary>
    public void Remove(InotifyRoot root) => Remove(place => place.Root == root);

    /// <summary>Forgets all watches without ending them: the instance is being closed.</summary>
    public void Clear() => _places.Clear();

    /// <summary>
    /// The places at which an event happened. Folders that came are watched by then, and those that went are no longer.
    /// </summary>
    /// <exception cref="IOException">There are no watches left.</exception>
    public IReadOnlyList<InotifyPlace> Follow(InotifyEvent happening)
    {
        if (happening.Mask.HasFlag(InotifyMask.Ignored))
        {
            _places.Remove(happening.Watch);
            return [];
        }

        if (happening.Name.Length == 0 || !_places.TryGetValue(happening.Watch, out var known))
        {
            return [];
        }

        InotifyPlace[] places = [.. known];
        if (happening.Mask.HasFlag(InotifyMask.IsFolder) && !folders.IsSkipped(happening.Name))
        {
            foreach (var place in places.Where(place => place.Root.WithSubfolders))
            {
                Follow(place, happening.Mask, happening.Name);
            }
        }

        return places;
    }

    private void Follow(InotifyPlace place, InotifyMask mask, string name)
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
            _ = Add(place.Root, folder, place.PathOf(name));
        }
    }

    /// <summary>Watches a folder and those below. Gives the error number of the folder itself, and throws where the limit is reached.</summary>
    private int Add(InotifyRoot root, string folder, string below)
    {
        var watch = InotifyCalls.AddWatch(instance, folder, Interesting);
        if (watch < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            return errno == Errno.NoSpace ? throw InotifyCalls.Failure(errno, folder) : errno;
        }

        if (!_places.TryGetValue(watch, out var places))
        {
            _places[watch] = places = new List<InotifyPlace>(1);
        }

        var place = new InotifyPlace(root, folder, below);
        if (!places.Exists(other => other.Root == root && other.Folder == folder))
        {
            // Two places of one folder: it moved, and the older one is gone.
            places.RemoveAll(other => other.Root == root);
            places.Add(place);
        }

        if (root.WithSubfolders)
        {
            // One that went meanwhile, or that may not be read, is not watched; the scan says what it makes of it.
            folders.ForEachIn(folder, name => _ = Add(root, Path.Join(folder, name), place.PathOf(name)));
        }

        return 0;
    }

    private void Remove(Predicate<InotifyPlace> isGone)
    {
        foreach (var (watch, places) in _places.ToList())
        {
            if (places.RemoveAll(isGone) > 0 && places.Count == 0)
            {
                _places.Remove(watch);
                _ = InotifyCalls.RemoveWatch(instance, watch);
            }
        }
    }
}
