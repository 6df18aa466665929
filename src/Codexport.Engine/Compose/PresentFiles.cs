using Codexport.Engine.Apply;
using Codexport.Engine.Codex;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Compose;

/// <summary>What stands in the Codex home, and in the second place that Codex reads.</summary>
/// <param name="context">The home and the disk.</param>
/// <param name="cache">Hashes that are known.</param>
/// <param name="glance">Notes what is looked at one by one, where that is wanted.</param>
internal sealed class PresentFiles(EngineContext context, StatCache cache, HomeGlance? glance = null)
{
    /// <summary>Whether names that differ in case alone are two files.</summary>
    internal bool IsCaseSensitive => context.Files.IsCaseSensitive;

    /// <summary>The file at a relative path; absent where there is none or a folder is.</summary>
    internal TargetState Read(string path)
    {
        var absolute = context.Home.Locate(path);
        var found = context.Files.TryGetEntry(absolute);
        glance?.Add(absolute, found);
        if (found is not { } entry || entry.Kind == EntryKind.Directory)
        {
            return TargetState.Absent;
        }

        if (glance is not null && entry.Kind == EntryKind.SymbolicLink && context.Files.ResolveLinks(absolute) is { } target)
        {
            glance.Look(target);
        }

        return entry.Kind == EntryKind.File
            ? new TargetState(cache.HashOf(path, entry), entry.IsExecutable)
            : TargetProbe.Read(context.Files, absolute);
    }

    /// <summary>What stands at a relative path, links not followed.</summary>
    internal FileEntry? EntryAt(string path) => context.Files.TryGetEntry(context.Home.Locate(path));

    /// <summary>Where the link at a relative path leads; null where no link is.</summary>
    internal string? LinkAt(string path)
        => EntryAt(path) is { Kind: EntryKind.SymbolicLink } ? context.Files.ResolveLinks(context.Home.Locate(path)) ?? "nowhere" : null;

    /// <summary>Whether the link at a path gives way to what is written there.</summary>
    internal bool GivesWay(string path)
        => CodexLayout.KindOf(path) == CodexFileKind.Instructions && TargetGuard.LeadsOut(context.Files, context.Home, path);

    /// <summary>Tells, before a file is written, what of it the person has to know.</summary>
    internal void BeforeWrite(string path, CompositionReport report)
    {
        if (EntryAt(path) is { Kind: EntryKind.File, HasOtherNames: true })
        {
            report.Warnings.Add($"'{path}' has another name elsewhere on this disk (a hard link). What stands under that name stays as it is; the two are no longer one file.");
        }

        if (LinkAt(path) is { } target && !GivesWay(path) && CodexLayout.KindOf(path).FollowsLink() && Path.GetDirectoryName(target) is { } folder
            && context.Files.TryGetEntry(target) is not null && !context.Files.CanWriteIn(folder))
        {
            report.Errors.Add(FileErrors.LinkUnwritable(context.Home.Locate(path), target));
        }
    }

    /// <summary>Reads many at once.</summary>
    internal Dictionary<string, TargetState> ReadAll(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var states = new TargetState[paths.Count];
        ParallelWork.ForEach(
            [.. Enumerable.Range(0, paths.Count)],
            Environment.ProcessorCount,
            index => states[index] = Read(paths[index]),
            cancellationToken);
        var result = new Dictionary<string, TargetState>(paths.Count, StringComparer.Ordinal);
        for (var index = 0; index < paths.Count; index++)
        {
            result[paths[index]] = states[index];
        }

        return result;
    }

    /// <summary>The bytes of a file, links followed; null when there is none.</summary>
    internal byte[]? TryReadBytes(string path)
    {
        var absolute = context.Home.Locate(path);
        return context.Files.TryGetEntry(absolute) is { Kind: not EntryKind.Directory } ? AtomicFile.TryReadAllBytes(context.Files, absolute) : null;
    }

    /// <summary>Whether two states are the same where there may be no execute bit.</summary>
    internal bool Same(TargetState left, TargetState right) => TargetProbe.Same(context.Files, left, right);
}
