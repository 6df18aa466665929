using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;

namespace Codexport.Engine.Apply;

/// <summary>Steps in the order in which they are done, and the folders that must be made for them.</summary>
/// <param name="Steps">The steps.</param>
/// <param name="NewFolders">Folders that are not there yet, those above first.</param>
/// <param name="Found">What stood at each step's target.</param>
internal sealed record StepPlan(
    IReadOnlyList<ApplyStep> Steps, IReadOnlyList<string> NewFolders, IReadOnlyDictionary<ApplyStep, FileEntry?> Found);

/// <summary>
/// Turns a plan into ordered steps, and refuses one that would follow a link, leave the Codex home, or replace a folder that holds
/// anything else than what the same plan deletes.
/// </summary>
internal sealed class StepPlanner(IFileSystem files, CodexportHome home, ApplyPlan plan, string id)
{
    private readonly TargetGuard _guard = new(files, home);
    private readonly Dictionary<string, PlannedChange> _writes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PlannedChange> _deletions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _shelters = new(StringComparer.Ordinal);
    private readonly List<string> _newFolders = [];
    private readonly HashSet<string> _isNew = new(StringComparer.Ordinal);
    private readonly Dictionary<ApplyStep, FileEntry?> _found = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<string> _first = new(StringComparer.Ordinal);

    /// <summary>Does it.</summary>
    public StepPlan Build()
    {
        Sort();
        _shelters[""] = CheckRoot(home.CodexFolder);
        if (plan.Changes.Any(change => AgentsHome.IsOutsideCodexHome(change.Path)))
        {
            _shelters[AgentsHome.Folder] = CheckRoot(home.AgentsFolder);
        }

        var changes = _writes.Values.Concat(_deletions.Values).OrderBy(change => change.Path, StringComparer.Ordinal);
        var steps = changes.Select(MakeStep).ToList();
        return new StepPlan(
            [
                .. steps.OrderBy(step => _first.Contains(KeyOf(step.Change.Path)) && !step.IsWrite ? -1
                        : step.IsWrite ? (int)step.Change.Phase : (int)ApplyPhase.Deletions)
                    .ThenBy(step => step.Change.Path, StringComparer.Ordinal),
            ],
            _newFolders,
            _found);
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            yield return path[..slash];
        }
    }

    private string KeyOf(string path) => PathCollisions.KeyOf(path, files.IsCaseSensitive);

    private void Sort()
    {
        foreach (var change in plan.Changes)
        {
            SafePath.Require(change.Path, SafePath.ThisPlatform);
            var key = KeyOf(change.Path);
            if (!(change.After.Hash is null ? _deletions : _writes).TryAdd(key, change))
            {
                throw SafePath.Invalid(change.Path, "is there twice, where case and Unicode form do not count");
            }
        }

        if (_writes.Values.FirstOrDefault(write => Parents(write.Path).Any(folder => _writes.ContainsKey(KeyOf(folder)))) is { } clash)
        {
            throw SafePath.Invalid(clash.Path, "lies in a folder whose name another file of the same plan has");
        }

        // Where case does not count, deleting one spelling and writing another is one replacement.
        foreach (var (key, write) in _writes.ToList())
        {
            if (_deletions.Remove(key, out var deletion))
            {
                _writes[key] = write with { Before = deletion.Before };
            }
        }
    }

    /// <summary>The Codex home, or the second place, may be a link itself, and may not be there yet.</summary>
    private string CheckRoot(string root)
    {
        if (files.TryGetEntry(root) is null)
        {
            AddNew(root);
            return root;
        }

        return files.ResolveLinks(root) is { } real && files.TryGetEntry(real) is { Kind: EntryKind.Directory }
            ? root
            : throw FileErrors.Blocked(root, "no folder");
    }

    private ApplyStep MakeStep(PlannedChange change, int index)
    {
        var slash = change.Path.LastIndexOf('/');
        var shelter = Shelter(slash < 0 ? "" : change.Path[..slash]);
        if (change.After.Hash is null)
        {
            return Remember(new ApplyStep(change, _guard.ResolveDelete(change, out var present), null), present);
        }

        // In a folder that is only now made there is nothing to look for.
        FileEntry? entry = null;
        var target = _isNew.Contains(shelter) ? _guard.Absolute(change.Path) : _guard.ResolveWrite(change, out entry);
        if (entry is { Kind: EntryKind.Directory })
        {
            RequireAllDeleted(change.Path, target);
        }

        var isFollowed = !string.Equals(target, _guard.Absolute(change.Path), StringComparison.Ordinal);
        var folder = isFollowed ? Path.GetDirectoryName(target) : shelter;
        return Remember(new ApplyStep(change, target, Path.Join(folder, TemporaryName(id, index))), entry);
    }

    private ApplyStep Remember(ApplyStep step, FileEntry? entry)
    {
        _found[step] = entry;
        return step;
    }

    public static string TemporaryName(string id, int index)
        => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{AtomicFile.TemporaryPrefix}{id}-{index}{AtomicFile.TemporarySuffix}");

    /// <summary>
    /// The folder in which new files of <paramref name="folder"/> wait: itself, unless a file that is deleted first still stands in its
    /// place; then the nearest one above.
    /// </summary>
    private string Shelter(string folder)
    {
        if (_shelters.TryGetValue(folder, out var known))
        {
            return known;
        }

        var slash = folder.LastIndexOf('/');
        var above = slash < 0 ? "" : folder[..slash];
        var shelterAbove = Shelter(above);
        var absolute = _guard.Absolute(folder);
        var isAboveReal = string.Equals(shelterAbove, above.Length == 0 ? home.CodexFolder : _guard.Absolute(above), StringComparison.Ordinal);
        return _shelters[folder] = !isAboveReal ? shelterAbove : CheckFolder(folder, absolute) ? absolute : shelterAbove;
    }

    /// <summary>True when the folder is there or can be made at once.</summary>
    private bool CheckFolder(string folder, string absolute)
    {
        switch (files.TryGetEntry(absolute)?.Kind)
        {
            case EntryKind.Directory:
                return true;
            case null:
                AddNew(absolute);
                return true;
            case EntryKind.File when _deletions.ContainsKey(KeyOf(folder)):
                _first.Add(KeyOf(folder));
                return false;
            case EntryKind.File:
                throw FileErrors.Blocked(absolute, "a file where a folder is expected");
            case EntryKind.SymbolicLink:
                throw FileErrors.Blocked(absolute, "a symbolic link");
            default:
                throw FileErrors.Blocked(absolute, "a pipe, socket or device");
        }
    }

    private void AddNew(string folder)
    {
        _newFolders.Add(folder);
        _isNew.Add(folder);
    }

    private void RequireAllDeleted(string folder, string absolute)
    {
        foreach (var entry in files.Enumerate(absolute))
        {
            var path = folder + "/" + Path.GetFileName(entry.Path);
            if (entry.Kind == EntryKind.Directory)
            {
                RequireAllDeleted(path, entry.Path);
            }
            else if (entry.Kind == EntryKind.File && _deletions.ContainsKey(KeyOf(path)))
            {
                _first.Add(KeyOf(path));
            }
            else
            {
                throw FileErrors.Blocked(_guard.Absolute(folder), "a folder that holds files of your own, where a file is to be written");
            }
        }
    }
}
