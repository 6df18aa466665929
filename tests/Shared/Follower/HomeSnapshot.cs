using System.Security.Cryptography;

namespace Codexport.Tests.Follower;

/// <summary>Everything below a folder as it was: names, kinds, contents, modes and link targets.</summary>
public sealed class HomeSnapshot
{
    private readonly string _folder;
    private readonly SortedDictionary<string, string> _entries;

    private HomeSnapshot(string folder, SortedDictionary<string, string> entries)
    {
        _folder = folder;
        _entries = entries;
    }

    public static HomeSnapshot Of(string folder)
    {
        var entries = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(new DirectoryInfo(folder), folder, entries);
        return new HomeSnapshot(folder, entries);
    }

    /// <summary>Fails when anything differs but what lies below one of <paramref name="except"/>.</summary>
    public void AssertUnchanged(params string[] except)
    {
        var now = Of(_folder)._entries;
        Assert.Equal(Text(_entries), Text(now));

        string Text(SortedDictionary<string, string> entries) => string.Join(
            '\n',
            entries.Where(entry => !except.Any(prefix => entry.Key.StartsWith(prefix, StringComparison.Ordinal)))
                .Select(entry => $"{entry.Key} {entry.Value}"));
    }

    private static void Add(DirectoryInfo folder, string root, SortedDictionary<string, string> entries)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            var name = Path.GetRelativePath(root, entry.FullName).Replace('\\', '/');
            var mode = OperatingSystem.IsWindows() ? string.Empty : entry.UnixFileMode.ToString();
            entries[name] = entry.LinkTarget is { } target ? $"link to {target}"
                : entry is FileInfo file ? $"{mode} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file.FullName)))}"
                : mode;
            if (entry is DirectoryInfo below && entry.LinkTarget is null)
            {
                Add(below, root, entries);
            }
        }
    }
}
