using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Platform.Processes;

/// <summary>
/// The path of a program that is still there after its next update. What a hook, a service or a shell's profile names must be such a one.
/// </summary>
public static class LastingProgram
{
    // 'dotnet tool' keeps each version in a folder of its own below this one, and beside it a link or a small program that an update changes.
    private const string ToolStore = ".store";

    /// <summary>The path to write down for a program: what the .NET tool manager keeps for it, else the path itself.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">Absolute path of the program, its links followed.</param>
    public static string Find(IFileSystem files, string path)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ToolFolderOf(path) is { } folder
            && ProgramFinder.Find(files, _ => null, Path.Join(folder, Path.GetFileNameWithoutExtension(path))) is { } shim
                ? shim
                : path;
    }

    // FOLDER/.store/PACKAGE/VERSION/…/codexport. The innermost store counts: a home may lie below a folder of that name.
    private static string? ToolFolderOf(string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.GetFileName(folder) == ToolStore)
            {
                return Path.GetDirectoryName(folder);
            }
        }

        return null;
    }
}
