using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Platform.Processes;

/// <summary>Finds programs on <c>PATH</c> as a shell does.</summary>
public static class ProgramFinder
{
    // What a program can be started as without a shell's help; .ps1 and .js need one.
    private static readonly string[] WindowsSuffixes = [".exe", ".cmd", ".bat", ".com"];

    /// <summary>The first program of that name on <c>PATH</c>, absolute; null when there is none.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="name">A bare name, or a path, which is then only checked.</param>
    public static string? Find(IFileSystem files, Func<string, string?> environment, string name)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('/', StringComparison.Ordinal) || name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return Path.IsPathFullyQualified(name) ? Candidates(name).FirstOrDefault(path => IsProgram(files, path)) : null;
        }

        var folders = (environment("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var folder in folders)
        {
            // A relative entry would mean another program in every folder: not one to run unattended.
            var unquoted = folder.Trim('"');
            if (Path.IsPathFullyQualified(unquoted)
                && Candidates(Path.Join(unquoted, name)).FirstOrDefault(path => IsProgram(files, path)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static IEnumerable<string> Candidates(string path)
        => !OperatingSystem.IsWindows() || WindowsSuffixes.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)
            ? [path]
            : WindowsSuffixes.Select(suffix => path + suffix);

    private static bool IsProgram(IFileSystem files, string path)
    {
        try
        {
            return files.ResolveLinks(path) is { } target
                && files.TryGetEntry(target) is { Kind: EntryKind.File } entry
                && (!files.HasExecutableBit || entry.IsExecutable);
        }
        catch (CodexportException)
        {
            // A folder of PATH that may not be read holds nothing that may be run.
            return false;
        }
    }
}
