
namespace Codexport.Engine.Platform.Files;

/// <summary>Follows symbolic links and junctions component by component, as a kernel does, on every platform.</summary>
internal static class LinkResolver
{
    /// <summary>As many as Linux follows before it calls a path a loop.</summary>
    private const int MaxLinks = 40;

    /// <summary>The path without links, null when a link leads nowhere or in a circle.</summary>
    public static string? Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        var current = Path.GetPathRoot(full)!;
        var pending = new Stack<Component>();
        Push(pending, full[current.Length..], fromLink: false);
        var links = 0;
        while (pending.TryPop(out var component))
        {
            if (component.Name == "..")
            {
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }

            var next = Path.Join(current, component.Name);
            var entry = EntryProbe.TryGet(next, follow: false);
            if (entry is null && component.FromLink)
            {
                return null;
            }

            if (entry?.Kind != EntryKind.SymbolicLink)
            {
                current = next;
                continue;
            }

            if (++links > MaxLinks || new FileInfo(next).LinkTarget is not { } target)
            {
                return null;
            }

            if (Path.IsPathFullyQualified(target))
            {
                current = Path.GetPathRoot(target)!;
                target = target[current.Length..];
            }

            Push(pending, target, fromLink: true);
        }

        return current;
    }

    private static void Push(Stack<Component> pending, string path, bool fromLink)
    {
        var names = path.Split(
            [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        for (var index = names.Length - 1; index >= 0; index--)
        {
            if (names[index] != ".")
            {
                pending.Push(new Component(names[index], fromLink));
            }
        }
    }

    private sealed record Component(string Name, bool FromLink);
}
