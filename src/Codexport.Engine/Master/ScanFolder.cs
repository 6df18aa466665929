using System.Collections.Concurrent;
using Codexport.Engine.Platform;

namespace Codexport.Engine.Master;

/// <summary>A folder during a scan.</summary>
/// <param name="Path">Path below the Codex home; empty for the home itself.</param>
/// <param name="Source">Where it really lies, links resolved.</param>
/// <param name="Whole">Whether everything in it is exported, or only what the settings include.</param>
/// <param name="Parent">The folder above it in the export.</param>
internal sealed record ScanFolder(string Path, string Source, bool Whole, ScanFolder? Parent)
{
    /// <summary>The files right in it.</summary>
    public List<ScannedFile> Files { get; } = [];

    /// <summary>The folders right in it.</summary>
    public List<ScanFolder> Folders { get; } = [];

    /// <summary>Orders the entries and leaves out those that are one where case and Unicode form do not count.</summary>
    /// <param name="portable">Whether names that differ in case alone collide.</param>
    /// <param name="warnings">Takes what was left out.</param>
    public void Sort(bool portable, ConcurrentBag<string> warnings)
    {
        // As whole paths sort: a folder's name counts with the separator that follows it.
        Files.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        Folders.Sort(static (left, right) => string.CompareOrdinal(left.Path + "/", right.Path + "/"));
        if (Files.Count + Folders.Count < 2)
        {
            return;
        }

        var seen = new Dictionary<string, string>(Files.Count + Folders.Count, portable ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        Files.RemoveAll(file => Collides(file.Path, portable, seen, warnings));
        Folders.RemoveAll(folder => Collides(folder.Path, portable, seen, warnings));
    }

    /// <summary>Adds all files from here on in the order of their whole paths.</summary>
    public void CollectInto(List<ScannedFile> files)
    {
        var folder = 0;
        foreach (var file in Files)
        {
            while (folder < Folders.Count && ComesBefore(Folders[folder].Path, file.Path))
            {
                Folders[folder++].CollectInto(files);
            }

            files.Add(file);
        }

        while (folder < Folders.Count)
        {
            Folders[folder++].CollectInto(files);
        }
    }

    private static bool ComesBefore(string folder, string file)
    {
        var common = Math.Min(folder.Length, file.Length);
        var order = folder.AsSpan(0, common).SequenceCompareTo(file.AsSpan(0, common));
        return order != 0 ? order < 0 : file.Length > folder.Length ? '/' < file[folder.Length] : false;
    }

    private static bool Collides(string path, bool portable, Dictionary<string, string> seen, ConcurrentBag<string> warnings)
    {
        var key = portable && !System.Text.Ascii.IsValid(path) ? PathCollisions.KeyOf(path, isCaseSensitive: false) : path;
        if (seen.TryAdd(key, path))
        {
            return false;
        }

        warnings.Add($"'{path}' was left out: it and '{seen[key]}' are one where case and Unicode form do not count. Rename one of them.");
        return true;
    }
}
