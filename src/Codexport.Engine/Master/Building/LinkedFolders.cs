using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Building;

/// <summary>Folders outside the Codex home that links lead into and that the settings do not list.</summary>
internal static class LinkedFolders
{
    private const int MaxNames = 5;

    /// <summary>Each folder once, with the links that lead into it.</summary>
    public static IReadOnlyList<LinkedFolder> Of(IEnumerable<OutsideLink> links)
        => [.. links.GroupBy(link => link.FolderToList, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new LinkedFolder(group.Key, [.. group.Select(link => link.Path).Order(StringComparer.Ordinal)]))];

    /// <summary>What was left out because of it, and the line that lets it leave.</summary>
    public static string Warning(this LinkedFolder folder, string settingsFile)
    {
        var names = string.Join(", ", folder.Links.Take(MaxNames).Select(SafePath.Printable));
        var more = folder.Links.Count > MaxNames ? $" and {folder.Links.Count - MaxNames} more" : string.Empty;
        return $"Links of the Codex home lead into '{SafePath.Printable(folder.Folder)}' ({names}{more}), which is not listed, so they were left out. "
            + $"To let what they lead to leave this machine, write roots = {TomlList(folder.Folder)} under [export] in '{settingsFile}'.";
    }

    private static string TomlList(string text)
        => $"[\"{SafePath.Printable(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal))}\"]";
}
