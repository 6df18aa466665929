using System.Collections.Concurrent;
using Codexport.Engine.Bundles;
using Codexport.Engine.Platform;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master;

/// <summary>
/// Finds what is to be exported: names, sizes and times, no contents. Folders of one depth are read in parallel; the result is sorted, so
/// that it does not depend on the order in which the file system lists.
/// </summary>
internal sealed class HomeScanner
{
    private readonly EngineContext _context;
    private readonly LocalSettings _settings;
    private readonly Limits _limits;
    private readonly ExportPolicy _policy;
    private readonly ConcurrentBag<string> _warnings = [];
    private readonly string _home;
    private readonly LinkPolicy _links;
    private int _count;

    /// <summary>Prepares one scan.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HomeNotFound"/>.</exception>
    public HomeScanner(EngineContext context, LocalSettings settings, Limits limits)
    {
        _context = context;
        _settings = settings;
        _limits = limits;
        _policy = new ExportPolicy(settings, ignoreCase: !context.Files.IsCaseSensitive);
        var folder = context.Home.CodexFolder;
        _home = context.Files.ResolveLinks(folder) is { } real && context.Files.TryGetEntry(real) is { Kind: EntryKind.Directory }
            ? real
            : throw new CodexportException(
                ErrorCode.HomeNotFound,
                $"The Codex home '{folder}' is not there or is no folder.",
                "Start Codex once, or name the Codex home with --codex-dir.",
                folder);
        _links = new LinkPolicy(context, settings, _home);
    }

    /// <summary>Scans.</summary>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.FileUnreadable"/> for a folder or top-level item that cannot be read, <see cref="ErrorCode.LimitExceeded"/>.
    /// </exception>
    public ScanResult Scan(CancellationToken cancellationToken)
    {
        var started = _context.Time.GetUtcNow().UtcTicks;
        var root = new ScanFolder(string.Empty, _home, Whole: true, Parent: null);
        var level = ReadTopLevel(root);
        while (level.Count > 0)
        {
            level = ReadLevel(level, cancellationToken);
        }

        var files = new List<ScannedFile>(_count);
        root.CollectInto(files);
        return new ScanResult([.. files], [.. _warnings.Order(StringComparer.Ordinal)], started);
    }

    private List<ScanFolder> ReadTopLevel(ScanFolder root)
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

            var target = isLink ? _links.FollowTopLevel(entry.Path) : entry;
            if (_policy.TopLevelName(name, target.Kind == EntryKind.Directory, out var whole) is { } exported)
            {
                Add(root, UnicodeForm.Compose(exported), target, whole);
            }
        }

        root.Sort(_settings.PortableNames, _warnings);
        return root.Folders;
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
                Read(level[index], next);
            }
        }
    }

    private void Read(ScanFolder folder, ConcurrentBag<ScanFolder> next)
    {
        foreach (var entry in _context.Files.Enumerate(folder.Source))
        {
            var target = entry;
            var path = string.Concat(folder.Path, "/", Path.GetFileName(entry.Path.AsSpan()));
            if (entry.Kind == EntryKind.SymbolicLink)
            {
                if (_links.Follow(folder, path, entry.Path, _warnings) is not { } found)
                {
                    continue;
                }

                target = found;
            }

            var whole = folder.Whole;
            if (_policy.Exports(folder.Path, path, target.Kind == EntryKind.Directory, ref whole))
            {
                Add(folder, path, target, whole);
            }
        }

        folder.Sort(_settings.PortableNames, _warnings);
        foreach (var child in folder.Folders)
        {
            next.Add(child);
        }
    }

    private void Add(ScanFolder parent, string path, FileEntry target, bool whole)
    {
        var name = path.AsSpan(parent.Path.Length == 0 ? 0 : parent.Path.Length + 1);
        if (!IsPlainName(name) && !IsPortable(ref path))
        {
            return;
        }

        switch (target.Kind)
        {
            case EntryKind.Directory:
                parent.Folders.Add(new ScanFolder(path, target.Path, whole, parent));
                break;
            case EntryKind.File when whole:
                CheckLimits(path, target.Size);
                parent.Files.Add(new ScannedFile(path, target.Path, target.Size, target.ModifiedTicks, target.IsExecutable));
                break;
            case EntryKind.Other:
                _warnings.Add($"'{path}' was left out: it is no regular file.");
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

    private bool IsPortable(ref string path)
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

        _warnings.Add($"'{SafePath.Printable(path)}' was left out: its path {reason}. Rename it to export it.");
        return false;
    }

    private void CheckLimits(string path, long size)
    {
        if (Interlocked.Increment(ref _count) > _limits.MaxFiles)
        {
            throw BuildLimits.Exceeded("MaxFiles", $"There are more than {_limits.MaxFiles} files to export.", path);
        }

        if (size > _limits.MaxFileSize)
        {
            throw BuildLimits.Exceeded("MaxFileSize", $"'{path}' has {size} bytes; at most {_limits.MaxFileSize} a file are exported.", path);
        }

        if (path.Length > _limits.MaxPathSize / 3 && System.Text.Encoding.UTF8.GetByteCount(path) > _limits.MaxPathSize)
        {
            throw BuildLimits.Exceeded("MaxPathSize", $"The path '{path}' is longer than {_limits.MaxPathSize} bytes.", path);
        }
    }
}
