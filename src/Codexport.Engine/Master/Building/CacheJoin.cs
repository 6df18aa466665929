using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Building;

/// <summary>
/// Lays a scan beside the last build. Both are sorted by path, so one walk finds what is unchanged, what must be read and what is gone.
/// </summary>
internal sealed class CacheJoin
{
    private CachedFile[] _before;
    private bool[] _isKnown;
    private readonly List<string> _gone = [];
    private readonly int _cached;

    /// <summary>Walks.</summary>
    public CacheJoin(ScanResult scan, HashCache? cache, EngineContext context)
    {
        Files = new BuiltFile[scan.Files.Length];
        _before = new CachedFile[scan.Files.Length];
        _isKnown = new bool[scan.Files.Length];
        _cached = cache?.Count ?? 0;
        var home = context.Files.ResolveLinks(context.Home.CodexFolder)!;
        var more = Next(cache, out var cachedPath, out var cached);
        for (var index = 0; index < scan.Files.Length; index++)
        {
            var file = scan.Files[index];
            var order = 1;
            while (more && (order = Compare(cachedPath, file.Path)) < 0)
            {
                _gone.Add(Encoding.UTF8.GetString(cachedPath));
                more = Next(cache, out cachedPath, out cached);
            }

            var isKnown = more && order == 0;
            if (isKnown)
            {
                _isKnown[index] = true;
                _before[index] = cached;
            }

            Take(index, file, home, context.Files.HasExecutableBit, scan.StartedTicks);
            if (isKnown)
            {
                more = Next(cache, out cachedPath, out cached);
            }
        }

        for (; more; more = Next(cache, out cachedPath, out _))
        {
            _gone.Add(Encoding.UTF8.GetString(cachedPath));
        }
    }

    /// <summary>The build, one for each scanned file; those of <see cref="Unknown"/> and <see cref="Special"/> still lack their content.</summary>
    public BuiltFile[] Files { get; private set; }

    /// <summary>Indexes of the files that must be read.</summary>
    public List<int> Unknown { get; } = [];

    /// <summary>Indexes of the files that are exported in another form.</summary>
    public List<int> Special { get; } = [];

    /// <summary>What differs from the last build, once every file has its content.</summary>
    public RevisionDifference Difference()
    {
        var added = new List<string>();
        var changed = new List<string>();
        for (var index = 0; index < Files.Length; index++)
        {
            ref readonly var file = ref Files[index];
            if (!_isKnown[index])
            {
                added.Add(file.Path);
            }
            else if (_before[index].Hash != file.Hash || _before[index].IsExecutable != file.IsExecutable)
            {
                changed.Add(file.Path);
            }
        }

        return new RevisionDifference(added, changed, _gone, _cached);
    }

    /// <summary>Takes files out of the build, as if the scan had not met them; other indexes count no longer.</summary>
    public void Drop(IReadOnlySet<int> indexes)
    {
        if (indexes.Count == 0)
        {
            return;
        }

        foreach (var index in indexes)
        {
            if (_isKnown[index])
            {
                _gone.Add(Files[index].Path);
            }
        }

        _gone.Sort(StringComparer.Ordinal);
        Files = [.. Files.Where((_, index) => !indexes.Contains(index))];
        _before = [.. _before.Where((_, index) => !indexes.Contains(index))];
        _isKnown = [.. _isKnown.Where((_, index) => !indexes.Contains(index))];
    }

    private static bool Next(HashCache? cache, out ReadOnlySpan<byte> path, out CachedFile file)
    {
        path = default;
        file = default;
        return cache is not null && cache.TryNext(out path, out file);
    }

    // Equal ASCII paths are the rule; only what differs is compared as text.
    private static int Compare(ReadOnlySpan<byte> cached, string path)
        => EqualsAscii(cached, path) ? 0 : string.CompareOrdinal(Encoding.UTF8.GetString(cached), path);

    private static bool EqualsAscii(ReadOnlySpan<byte> cached, string path)
    {
        if (cached.Length != path.Length)
        {
            return false;
        }

        for (var index = 0; index < path.Length; index++)
        {
            if (cached[index] != path[index] || path[index] > 0x7F)
            {
                return false;
            }
        }

        return true;
    }

    private void Take(int index, ScannedFile file, string home, bool hasExecutableBit, long startedTicks)
    {
        ref var built = ref Files[index];
        built.Path = file.Path;
        built.Source = SourceKey(file, home);
        built.Size = file.Size;
        built.IsExecutable = file.IsExecutable;
        built.ChangedTicks = file.ChangedTicks;
        built.ModifiedTicks = FreshTime.IsTooYoung(file.ModifiedTicks, file.ChangedTicks, startedTicks) ? HashCache.NeverTrust : file.ModifiedTicks;
        ref readonly var known = ref _before[index];
        if (CodexLayout.KindOf(file.Path).HasPortablePaths())
        {
            Special.Add(index);
        }
        else if (_isKnown[index] && known.ModifiedTicks == file.ModifiedTicks && known.ChangedTicks == file.ChangedTicks
            && known.Size == file.Size && known.Source == built.Source)
        {
            built.Hash = known.Hash;
            built.IsExecutable = hasExecutableBit ? file.IsExecutable : known.IsExecutable;
        }
        else
        {
            Unknown.Add(index);
        }
    }

    // A link that was turned to another file of the same size and time is another source.
    private static ulong SourceKey(ScannedFile file, string home)
    {
        var source = file.Source.AsSpan();
        if (source.Length == home.Length + 1 + file.Path.Length && source.StartsWith(home) && source.EndsWith(file.Path))
        {
            return 0;
        }

        var hash = 0xCBF2_9CE4_8422_2325;
        foreach (var unit in source)
        {
            hash = (hash ^ unit) * 0x100_0000_01B3;
        }

        return hash | 1;
    }
}
