using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Platform;

/// <summary>
/// A disk in memory that follows no link below some folders. Nobody else works on it between the look and the change, so looking is enough
/// here.
/// </summary>
internal sealed class ConfinedMemory(MemoryFileSystem disk, IReadOnlyList<string> roots) : DelegatingFileSystem(disk)
{
    public override IConfinedFileSystem Confine(IReadOnlyList<string> roots) => Inner.Confine(roots);

    protected override string Use(string path)
    {
        var root = roots.Where(root => path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)).MaxBy(root => root.Length);
        for (var folder = root is null ? null : Path.GetDirectoryName(path); folder is not null && folder.Length > root!.Length; folder = Path.GetDirectoryName(folder))
        {
            if (Inner.TryGetEntry(folder) is { Kind: EntryKind.SymbolicLink })
            {
                throw FileErrors.Blocked(folder, "a symbolic link");
            }
        }

        return path;
    }
}
