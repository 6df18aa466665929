using System.Collections.Concurrent;
using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Platform;

/// <summary>
/// Which paths a command looks at. What a command does depends on nothing else on the disk, so a damaged file that it never looks at cannot
/// change it, and a table of damages may leave that pair out.
/// </summary>
public sealed class AccessedPaths
{
    private readonly ConcurrentDictionary<string, bool> _paths = new(StringComparer.Ordinal);

    public AccessedPaths(IFileSystem inner) => Files = new FaultyFileSystem(inner) { Seen = (_, path) => _paths[path] = true };

    /// <summary>The file system that notes what is looked at.</summary>
    public IFileSystem Files { get; }

    /// <summary>The paths that some work looks at.</summary>
    public async Task<IReadOnlySet<string>> OfAsync(Func<Task> work)
    {
        _paths.Clear();
        await work();
        return _paths.Keys.ToHashSet(StringComparer.Ordinal);
    }
}
