using Codexport.Engine.Platform.Paths;

namespace Codexport.Engine.Master.Building;

/// <summary>A folder as a scan found it.</summary>
/// <param name="path">Path below the Codex home; empty for the home itself.</param>
/// <param name="source">Where it really lies, links resolved.</param>
/// <param name="whole">Whether everything in it is exported, or only what the settings include.</param>
/// <param name="parent">The folder above it in the export.</param>
internal sealed class ScanFolder(string path, string source, bool whole, ScanFolder? parent)
{
    private List<string>? _warnings;
    private List<OutsideLink>? _outside;

    /// <summary>Path below the Codex home; empty for the home itself.</summary>
    public string Path => path;

    /// <summary>Where it really lies, links resolved.</summary>
    public string Source => source;

    /// <summary>Whether everything in it is exported, or only what the settings include.</summary>
    public bool Whole => whole;

    /// <summary>The folder above it in the export.</summary>
    public ScanFolder? Parent => parent;

    /// <summary>Whether it was reached through a symbolic link, at itself or above it.</summary>
    public bool IsLinked { get; init; }

    /// <summary>Where a linked folder really is below the Codex home; null for one outside, and for one that is not linked.</summary>
    public string? InHome { get; init; }

    /// <summary>The files right in it.</summary>
    public List<ScannedFile> Files { get; private set; } = [];

    /// <summary>The folders right in it.</summary>
    public List<ScanFolder> Folders { get; private set; } = [];

    /// <summary>Whether there are symbolic links right in it: what they lead to may change elsewhere.</summary>
    public bool HasLinks { get; set; }

    /// <summary>Forgets what is in it, so that it can be read anew.</summary>
    /// <returns>The folders that were in it.</returns>
    public List<ScanFolder> Clear()
    {
        var before = Folders;
        (Files, Folders, HasLinks, _warnings, _outside) = ([], [], false, null, null);
        return before;
    }

    /// <summary>Adds a whole sentence about something right in it that was left out.</summary>
    public void Warn(string sentence) => (_warnings ??= []).Add(sentence);

    /// <summary>Notes a link right in it that leads into a folder outside the Codex home which the settings do not list.</summary>
    public void LeadsOutside(string link, string folderToList) => (_outside ??= []).Add(new OutsideLink(link, folderToList));

    /// <summary>Adds all links from here on that lead outside.</summary>
    public void CollectOutside(List<OutsideLink> links)
    {
        links.AddRange(_outside ?? []);
        Folders.ForEach(folder => folder.CollectOutside(links));
    }

    /// <summary>Orders the entries and leaves out those that are one where case and Unicode form do not count.</summary>
    /// <param name="portable">Whether names that differ in case alone collide.</param>
    public void Sort(bool portable)
    {
        // As whole paths sort: a folder's name counts with the separator that follows it.
        Files.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        Folders.Sort(static (left, right) => string.CompareOrdinal(left.Path + "/", right.Path + "/"));
        if (Files.Count + Folders.Count < 2)
        {
            return;
        }

        var seen = new Dictionary<string, string>(Files.Count + Folders.Count, portable ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        Files.RemoveAll(file => Collides(file.Path, portable, seen));
        Folders.RemoveAll(folder => Collides(folder.Path, portable, seen));
    }

    /// <summary>Adds all files from here on in the order of their whole paths, and all warnings.</summary>
    public void CollectInto(List<ScannedFile> files, List<string> warnings)
    {
        if (_warnings is not null)
        {
            warnings.AddRange(_warnings);
        }

        var folder = 0;
        foreach (var file in Files)
        {
            while (folder < Folders.Count && ComesBefore(Folders[folder].Path, file.Path))
            {
                Folders[folder++].CollectInto(files, warnings);
            }

            files.Add(file);
        }

        while (folder < Folders.Count)
        {
            Folders[folder++].CollectInto(files, warnings);
        }
    }

    private static bool ComesBefore(string folder, string file)
    {
        var common = Math.Min(folder.Length, file.Length);
        var order = folder.AsSpan(0, common).SequenceCompareTo(file.AsSpan(0, common));
        return order != 0 ? order < 0 : file.Length > folder.Length ? '/' < file[folder.Length] : false;
    }

    private bool Collides(string entry, bool portable, Dictionary<string, string> seen)
    {
        var key = portable && !System.Text.Ascii.IsValid(entry) ? PathCollisions.KeyOf(entry, isCaseSensitive: false) : entry;
        if (seen.TryAdd(key, entry))
        {
            return false;
        }

        Warn($"'{SafePath.Printable(entry)}' was left out: it and '{SafePath.Printable(seen[key])}' are one where case and Unicode form do not count. Rename one of them.");
        return true;
    }
}

/// <summary>A link that leads into a folder which may not leave yet.</summary>
/// <param name="Path">Where the link is in the export.</param>
/// <param name="FolderToList">What a person would list under <c>roots</c>.</param>
internal sealed record OutsideLink(string Path, string FolderToList);
