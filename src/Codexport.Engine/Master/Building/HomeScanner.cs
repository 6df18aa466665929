using System.Collections.Concurrent;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Building;

/// <summary>
/// Finds what is to be exported: names, sizes and times, no contents. Folders of one depth are read in parallel; the result is sorted, so
/// that it does not depend on the order in which the file system lists. A later scan may build on the folders of an earlier one.
/// </summary>
internal sealed class HomeScanner
{
    private readonly EngineContext _context;
    private readonly LocalSettings _settings;
    private readonly Limits _limits;
    private readonly ExportPolicy _policy;
    private readonly string _home;
    private readonly LinkPolicy _links;
    private int _count;

    /// <summary>Prepares one scan.</summary>
    /// <param name="context">The engine.</param>
    /// <param name="settings">The master's settings.</param>
    /// <param name="limits">What is not exceeded.</param>
    /// <param name="named">Paths that are exported because the configuration names them.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HomeNotFound"/>.</exception>
    public HomeScanner(EngineContext context, LocalSettings settings, Limits limits, IReadOnlyList<string>? named = null)
    {
        _context = context;
        _settings = settings;
        _limits = limits;
        _policy = new ExportPolicy(settings, ignoreCase: !context.Files.IsCaseSensitive, named ?? []);
        _home = FindHome(context);
        _links = new LinkPolicy(context, settings, _policy, _home);
    }

    /// <summary>The Codex home, links resolved.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HomeNotFound"/>.</exception>
    public static string FindHome(EngineContext context)
    {
        var folder = context.Home.CodexFolder;
        return context.Files.ResolveLinks(folder) is { } real && context.Files.TryGetEntry(real) is { Kind: EntryKind.Directory }
            ? real
            : throw new CodexportException(
                ErrorCode.HomeNotFound,
                $"The Codex home '{folder}' is not there or is no folder.",
                "Start Codex once, or name the Codex home with --codex-dir.",
                folder);
    }

    /// <summary>Scans.</summary>
    /// <param name="last">The folders of the last scan under the same settings, which are used up; null to look at everything.</param>
    /// <param name="changes">What changed since then.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.FileUnreadable"/> for a folder or top-level item that cannot be read, <see cref="ErrorCode.LimitExceeded"/>.
    /// </exception>
    public ScanResult Scan(ScanFolder? last, HomeChanges changes, CancellationToken cancellationToken)
    {
        var started = _context.Time.GetUtcNow().UtcTicks;
        var root = last is null || changes.IsEverything || last.Source != _home ? new ScanFolder(string.Empty, _home, whole: true, parent: null) : last;
        var level = new List<ScanFolder>();
        Renew(root, changes, level, cancellationToken);
        while (level.Count > 0)
        {
            level = ReadLevel(level, cancellationToken);
        }

        var files = new List<ScannedFile>(_count);
        var warnings = new List<string>();
        root.CollectInto(files, warnings);
        CheckCount(files.Count, _context.Home.CodexFolder);
        var outside = new List<OutsideLink>();
        root.CollectOutside(outside);
        var linked = LinkedFolders.Of(outside);
        warnings.AddRange(linked.Select(folder => folder.Warning(_context.Home.SettingsFile)));
        warnings.Sort(StringComparer.Ordinal);
        return new ScanResult([.. files], warnings, root, started) { LinkedFolders = linked };
    }

    /// <summary>
    /// Reads a folder anew if it changed, or may have because links lead out of it; then those below it that are known. The others are
    /// handed over.
    /// </summary>
    private void Renew(ScanFolder folder, HomeChanges changes, List<ScanFolder> unknown, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (folder.Parent is not null && !folder.HasLinks && !changes.Folders.Contains(folder.Source))
        {
            foreach (var child in folder.Folders)
            {
                Renew(child, changes, unknown, cancellationToken);
            }

            return;
        }

        var before = folder.Clear().Where(child => IsBelievable(folder, child, changes)).ToDictionary(child => child.Path, StringComparer.Ordinal);
        Read(folder);
        for (var index = 0; index < folder.Folders.Count; index++)
        {
            var child = folder.Folders[index];
            if (before.TryGetValue(child.Path, out var known) && known.Source == child.Source && known.Whole == child.Whole)
            {
                folder.Folders[index] = known;
                Renew(known, changes, unknown, cancellationToken);
            }
            else
            {
                unknown.Add(child);
            }
        }
    }

    // What a deeper link leads to may lie where nobody watches; what a top-level one leads to is watched.
    private static bool IsBelievable(ScanFolder folder, ScanFolder child, HomeChanges changes)
        => !changes.IsBelowTree(child.Source) && (folder.Parent is null || Path.GetDirectoryName(child.Source) == folder.Source);

    private void Read(ScanFolder folder)
    {
        if (folder.Parent is null)
        {
            ReadTopLevel(folder);
        }
        else
        {
            ReadBelow(folder);
        }

        folder.Sort(_settings.PortableNames);
    }

    private void ReadTopLevel(ScanFolder root)
    {
        foreach (var entry in _context.Files.Enumerate(_home))
        {
            var name = Path.GetFileName(entry.Path);
            var isLink = entry.Kind == EntryKind.SymbolicLink;
            var isWanted = _policy.TopLevelName(name, isFolder: false, out _) is not null || _policy.TopLevelName(name, isFolder: true, out _) is not null;
            if (!isWanted)
            {
                continue;
            }

            var found = isLink ? _links.Follow(root, name, entry.Path) : new LinkTarget(entry, InHome: null);
            if (found is { } target && _policy.TopLevelName(name, target.Entry.Kind == EntryKind.Directory, out var whole) is { } exported)
            {
                Add(root, UnicodeForm.Compose(exported), target, isLink, whole);
            }
        }

        ReadAgentsHome(root);
    }

    /// <summary>What of the second place that Codex reads is exported.</summary>
    private void ReadAgentsHome(ScanFolder root)
    {
        var home = _context.Home;
        var skills = home.Locate(AgentsHome.Skills);
        var marketplace = home.Locate(AgentsHome.Marketplace);
        if (_settings.ExportAgents is null && (_context.Files.TryGetEntry(skills) ?? _context.Files.TryGetEntry(marketplace)) is not null)
        {
            root.Warn(
                $"'{home.AgentsFolder}', which Codex reads too, is not exported: nobody has decided. Set exportAgents = true or false in local.toml.");
        }

        if (_settings.ExportAgents != true)
        {
            return;
        }

        if (_policy.ExportsCategoryOf(AgentsHome.Skills) && Find(AgentsHome.Skills, skills, out var isLink) is { Entry.Kind: EntryKind.Directory } folder)
        {
            _links.AddRoot(folder.Entry.Path);
            Add(root, AgentsHome.Skills, folder, isLink, whole: true);
        }

        if (_policy.ExportsCategoryOf(AgentsHome.Marketplace) && Find(AgentsHome.Marketplace, marketplace, out isLink) is { Entry.Kind: EntryKind.File } file)
        {
            Add(root, AgentsHome.Marketplace, file, isLink, whole: true);
        }

        LinkTarget? Find(string path, string place, out bool isLink)
        {
            var entry = _context.Files.TryGetEntry(place);
            isLink = entry is { Kind: EntryKind.SymbolicLink };
            return isLink ? _links.Follow(root, path, place)
                : entry is not null && _context.Files.ResolveLinks(place) is { } real && _context.Files.TryGetEntry(real) is { } found
                    ? new LinkTarget(found, InHome: null)
                    : null;
        }
    }

    /// <summary>Reads folders on as many threads as there are processors; gives the folders in them.</summary>
    private List<ScanFolder> ReadLevel(List<ScanFolder> level, CancellationToken cancellationToken)
    {
        var taken = -1;
        var next = new ConcurrentBag<ScanFolder>();
        var helpers = new Task[Math.Min(Environment.ProcessorCount, level.Count) - 1];
        for (var index = 0; index < helpers.Length; index++)
        {
            helpers[index] = Task.Run(Work, cancellationToken);
        }

        try
        {
            Work();
        }
        finally
        {
            // The first error counts; the others stop at their next folder.
            taken = level.Count;
            Task.WhenAll(helpers).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
        }

        foreach (var helper in helpers)
        {
            helper.GetAwaiter().GetResult();
        }

        return [.. next];

        void Work()
        {
            for (var index = Interlocked.Increment(ref taken); index < level.Count; index = Interlocked.Increment(ref taken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Read(level[index]);
                level[index].Folders.ForEach(next.Add);
            }
        }
    }

    private void ReadBelow(ScanFolder folder)
    {
        foreach (var entry in _context.Files.Enumerate(folder.Source))
        {
            var name = Path.GetFileName(entry.Path.AsSpan());
            var path = string.Concat(folder.Path, "/", name);
            var target = new LinkTarget(entry, folder.InHome is null ? null : string.Concat(folder.InHome, "/", name));
            var isLink = entry.Kind == EntryKind.SymbolicLink;
            if (isLink)
            {
                folder.HasLinks = true;
                if (_links.Follow(folder, path, entry.Path) is not { } found)
                {
                    continue;
                }

                target = found;
            }

            var whole = folder.Whole;
            if (!_policy.Exports(folder.Path, path, target.Entry.Kind == EntryKind.Directory, ref whole))
            {
                continue;
            }

            if (folder.IsLinked && !isLink && _links.RefuseBelowLink(path, target.InHome, entry) is { } refusal)
            {
                folder.Warn($"'{SafePath.Printable(path)}' was left out: a symbolic link above it {refusal}.");
                continue;
            }

            Add(folder, path, target, folder.IsLinked || isLink, whole);
        }
    }

    private void Add(ScanFolder parent, string path, in LinkTarget found, bool isLinked, bool whole)
    {
        var target = found.Entry;
        var name = path.AsSpan(parent.Path.Length == 0 ? 0 : parent.Path.Length + 1);
        if (!IsPlainName(name) && !IsPortable(parent, ref path))
        {
            return;
        }

        switch (target.Kind)
        {
            case EntryKind.Directory:
                parent.Folders.Add(new ScanFolder(path, target.Path, whole, parent) { IsLinked = isLinked, InHome = found.InHome });
                break;
            case EntryKind.File when whole && target.HasOtherNames && _links.RefuseOtherNames(path, target) is { } refusal:
                parent.Warn($"'{SafePath.Printable(path)}' was left out: it {refusal}.");
                break;
            case EntryKind.File when whole && Exceeds(path, target.Size) is { } reason:
                parent.Warn($"'{SafePath.Printable(path)}' was left out: {reason}");
                break;
            case EntryKind.File when whole:
                CheckCount(Interlocked.Increment(ref _count), path);
                parent.Files.Add(new ScannedFile(
                    path, target.Path, target.Size, target.ModifiedTicks, target.ChangedTicks, target.IsExecutable)
                {
                    IsLinked = isLinked || target.HasOtherNames,
                });
                break;
            case EntryKind.Other:
                parent.Warn($"'{SafePath.Printable(path)}' was left out: it is no regular file.");
                break;
        }
    }

    /// <summary>Whether every platform can hold the name, seen at a glance: what nearly all names are.</summary>
    private static bool IsPlainName(ReadOnlySpan<char> name)
    {
        // Device names of Windows have 3 to 7 letters before the first dot and are judged in full.
        var dot = name.IndexOf('.');
        var stem = dot < 0 ? name.Length : dot;
        if (stem is >= 3 and <= 7 || name.Length > 100 || name[^1] == '.')
        {
            return false;
        }

        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsPortable(ScanFolder parent, ref string path)
    {
        var composed = UnicodeForm.Compose(path);
        var reason = composed.Contains('\ufffd')
            ? "is no valid Unicode"
            : SafePath.Check(composed, _settings.PortableNames ? PathRules.Portable : PathRules.Unix);
        if (reason is null)
        {
            path = composed;
            return true;
        }

        parent.Warn($"'{SafePath.Printable(path)}' was left out: its path {reason}. Rename it to export it.");
        return false;
    }

    // One file that is too large must not keep all the others back.
    private string? Exceeds(string path, long size)
        => size > _limits.MaxFileSize
            ? $"it has {size} bytes, and a file has at most {BuildLimits.Size(_limits.MaxFileSize)}."
            : path.Length > _limits.MaxPathSize / 3 && System.Text.Encoding.UTF8.GetByteCount(path) > _limits.MaxPathSize
                ? $"its path is too long; a path has at most {_limits.MaxPathSize} bytes."
                : null;

    private void CheckCount(int count, string path)
    {
        if (count > _limits.MaxFiles)
        {
            throw BuildLimits.Exceeded("MaxFiles", $"There are too many files to export; at most {_limits.MaxFiles} are.", path);
        }
    }
}
