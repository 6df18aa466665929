using System.Collections.Concurrent;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Platform.Files;

/// <summary>Which root a path lies in, and which folders below the roots were seen: one that was there and is gone was taken away.</summary>
internal sealed class ConfinedRoots
{
    private const string Taken = "a folder that another program moved away or replaced while Codexport worked in it";

    private readonly string[] _roots;
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public ConfinedRoots(IReadOnlyList<string> roots)
    {
        // A root may lie in another one: the nearest counts.
        _roots = [.. roots.Select(Normal).Distinct(StringComparer.Ordinal).OrderByDescending(root => root.Length)];
        _bySpan = _seen.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>A path as it is compared: absolute, without dots and without a separator at its end.</summary>
    public static string Normal(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>Whether a path is a root or lies above one: then it is as on the disk beneath.</summary>
    public bool IsAbove(string path) => Array.Exists(_roots, root => root.Length == path.Length ? root == path : IsBelow(root, path));

    /// <summary>The root that a path lies in; the root of the file system when none of them.</summary>
    public string RootOf(string path) => Array.Find(_roots, root => IsBelow(path, root)) ?? Path.GetPathRoot(path)!;

    /// <summary>Remembers a folder that was passed through.</summary>
    public void Remember(ReadOnlySpan<char> folder) => _bySpan.TryAdd(folder, true);

    /// <summary>Forgets one that was deleted on purpose.</summary>
    public void Forget(string folder) => _seen.TryRemove(folder, out _);

    /// <summary>Fails when a folder was there before.</summary>
    public void RequireNew(string folder)
    {
        if (_seen.ContainsKey(folder))
        {
            throw FileErrors.Blocked(folder, Taken);
        }
    }

    /// <summary>The error for a file whose folder was deleted or replaced between two calls.</summary>
    public static CodexportException TakenAway(string path) => FileErrors.Blocked(Path.GetDirectoryName(path)!, Taken, new FileNotFoundException());

    private static bool IsBelow(string path, string folder) => path.Length > folder.Length
        && path.StartsWith(folder, StringComparison.Ordinal)
        && (Path.EndsInDirectorySeparator(folder) || path[folder.Length] == Path.DirectorySeparatorChar);
}
