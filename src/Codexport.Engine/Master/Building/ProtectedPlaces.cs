using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;

namespace Codexport.Engine.Master.Building;

/// <summary>
/// What never leaves through a link of either kind: Codexport's own state, and, for hard links, every file of the home that does not leave
/// by itself and the user's usual places of secrets. Judged by identity as well as by path, because the same file has many spellings.
/// </summary>
internal sealed class ProtectedPlaces
{
    // More files than any such place has; what lies beyond is judged by its content alone.
    private const int MaxFiles = 200_000;

    private const string SharedMemory = "/dev/shm";

    private static readonly string[] KernelPlaces = ["/proc", "/sys", "/dev"];

    private readonly EngineContext _context;
    private readonly ExportPolicy _policy;
    private readonly string _home;
    private readonly string _state;
    private readonly EntryFacts? _stateFacts;
    private readonly Lazy<Dictionary<(ulong, ulong), bool>> _files;

    /// <summary>Looks at the state folder; the files are listed when the first hard link is met.</summary>
    public ProtectedPlaces(EngineContext context, ExportPolicy policy, string home)
    {
        (_context, _policy, _home) = (context, policy, home);
        _state = context.Files.ResolveLinks(context.Home.StateFolder) ?? context.Home.StateFolder;
        _stateFacts = context.Files.TryGetFacts(_state);
        _files = new Lazy<Dictionary<(ulong, ulong), bool>>(ListFiles);
    }

    /// <summary>Whether it is Codexport's state folder or lies in it, under whatever spelling.</summary>
    public bool IsState(in FileEntry entry)
    {
        if (PathBelow.Of(_state, entry.Path, StringComparison.OrdinalIgnoreCase) is not null
            || PathBelow.Of(_context.Home.StateFolder, entry.Path, StringComparison.OrdinalIgnoreCase) is not null)
        {
            return true;
        }

        if (_stateFacts is not { } state)
        {
            return false;
        }

        for (var path = entry.Path; path is not null; path = Path.GetDirectoryName(path))
        {
            if (_context.Files.TryGetFacts(path) is { } facts && facts.Volume == state.Volume && facts.Number == state.Number)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it is what the kernel shows of processes and devices; the memory file system beside the devices holds files of users.</summary>
    public static bool IsSystemPlace(string path)
        => !OperatingSystem.IsWindows() && PathBelow.Of(SharedMemory, path, StringComparison.Ordinal) is null
            && Array.Exists(KernelPlaces, place => PathBelow.Of(place, path, StringComparison.Ordinal) is not null);

    /// <summary>Why a file that has several names may not leave under this one; null when it may.</summary>
    /// <param name="path">Where it would be in the export.</param>
    /// <param name="source">Where it is on the disk.</param>
    public string? RefuseHardLink(string path, string source)
        => _context.Files.TryGetFacts(source) is { } facts && _files.Value.TryGetValue((facts.Volume, facts.Number), out var isCredential)
            && !(isCredential && CodexLayout.IsCredential(path))
            ? "is a hard link to a file that does not leave by itself"
            : null;

    private Dictionary<(ulong, ulong), bool> ListFiles()
    {
        var files = new Dictionary<(ulong, ulong), bool>();
        foreach (var entry in TryEnumerate(_state))
        {
            // Objects are copies of what leaves anyway.
            if (entry.Path != _context.Home.ObjectsFolder)
            {
                Add(files, entry, isCredential: false);
            }
        }

        foreach (var entry in TryEnumerate(_home))
        {
            var name = Path.GetFileName(entry.Path);
            var isCredential = CodexLayout.IsCredential(name);
            if (isCredential || !_policy.LeavesByItself(name, entry.Kind == EntryKind.Directory))
            {
                Add(files, entry, isCredential);
            }
        }

        foreach (var entry in TryEnumerate(_context.Home.UserHome))
        {
            if (SecretNames.Contains(Path.GetFileName(entry.Path.AsSpan())))
            {
                Add(files, entry, isCredential: false);
            }
        }

        return files;
    }

    private void Add(Dictionary<(ulong, ulong), bool> files, in FileEntry entry, bool isCredential)
    {
        if (files.Count >= MaxFiles)
        {
            return;
        }

        if (entry.Kind == EntryKind.Directory)
        {
            foreach (var below in TryEnumerate(entry.Path))
            {
                Add(files, below, isCredential);
            }
        }
        else if (entry.HasOtherNames && _context.Files.TryGetFacts(entry.Path) is { } facts)
        {
            files[(facts.Volume, facts.Number)] = isCredential;
        }
    }

    private List<FileEntry> TryEnumerate(string folder)
    {
        try
        {
            return [.. _context.Files.Enumerate(folder)];
        }
        catch (CodexportException error)
        {
            // What this user cannot list, this user cannot have linked to by mistake.
            _context.Trace?.Invoke(error.Message);
            return [];
        }
    }
}
