using System.IO.Enumeration;

namespace Codexport.Engine.Platform.Watching;

/// <summary>The folders that are watched with another one: all real ones below it but those left out by name; links are not followed.</summary>
/// <param name="isSkipped">Whether folders of this name are left out.</param>
internal sealed class WatchableFolders(Func<string, bool> isSkipped)
{
    private static readonly EnumerationOptions Real = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true, MatchType = MatchType.Simple };

    /// <summary>Whether folders of this name are left out.</summary>
    public bool IsSkipped(string name) => isSkipped(name);

    /// <summary>Does something with the name of each right below a folder.</summary>
    public void ForEachIn(string folder, Action<string> found)
    {
        try
        {
            var names = new FileSystemEnumerable<string>(folder, static (ref FileSystemEntry entry) => entry.FileName.ToString(), Real)
            {
                ShouldIncludePredicate = static (ref FileSystemEntry entry) => entry.IsDirectory,
            };
            foreach (var name in names)
            {
                if (!isSkipped(name))
                {
                    found(name);
                }
            }
        }
        catch (Exception error) when (error is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // Gone or shut while it was looked at: who did that is told as a change of the folder above.
        }
    }

    /// <summary>Adds a folder and all below it.</summary>
    public void AddTo(HashSet<string> folders, string folder)
    {
        var open = new Stack<string>([folder]);
        while (open.TryPop(out var next))
        {
            if (folders.Add(next))
            {
                ForEachIn(next, name => open.Push(Path.Join(next, name)));
            }
        }
    }
}
