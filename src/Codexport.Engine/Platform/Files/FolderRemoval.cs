namespace Codexport.Engine.Platform.Files;

/// <summary>Deletes a folder with everything in it; links are deleted, never followed.</summary>
internal static class FolderRemoval
{
    /// <summary>Deletes it. Nothing happens when it is not there.</summary>
    public static void Remove(IFileSystem files, string folder)
    {
        foreach (var entry in files.Enumerate(folder).ToList())
        {
            if (entry.Kind == EntryKind.Directory)
            {
                Remove(files, entry.Path);
            }
            else
            {
                files.DeleteFile(entry.Path);
            }
        }

        files.DeleteEmptyDirectory(folder);
    }
}
