using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Homes;

/// <summary>
/// The Codex home that this machine's state belongs to, recorded at join or init in <c>state/codex-home</c>. Working on another one later
/// would mix two homes in one state, so it is refused by name.
/// </summary>
internal static class RecordedHome
{
    /// <summary>Records the Codex home, or checks it when one is recorded already.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HomeChanged"/>.</exception>
    public static void Record(EngineContext context)
    {
        if (Check(context))
        {
            return;
        }

        var files = context.Files;
        files.CreateDirectory(context.Home.StateFolder, FilePermission.Private);
        files.CreateDirectory(context.Home.MachineStateFolder, FilePermission.Private);
        AtomicFile.Write(
            files, FileOf(context), Encoding.UTF8.GetBytes(Resolved(context, context.Home.CodexFolder) + "\n"), FilePermission.Private);
    }

    /// <summary>Checks the Codex home against the recorded one.</summary>
    /// <returns>Whether one is recorded.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HomeChanged"/>.</exception>
    public static bool Check(EngineContext context)
    {
        if (Read(context) is not { } recorded)
        {
            return false;
        }

        var comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return string.Equals(recorded, Resolved(context, context.Home.CodexFolder), comparison)
            || string.Equals(Resolved(context, recorded), Resolved(context, context.Home.CodexFolder), comparison)
            ? true
            : throw new CodexportException(
                ErrorCode.HomeChanged,
                $"The state in '{context.Home.StateFolder}' belongs to the Codex home '{recorded}', not to '{context.Home.CodexFolder}'.",
                $"Run it with --codex-dir '{recorded}', or use another --home for the other Codex home.",
                context.Home.CodexFolder)
            {
                Details = [new("expected", recorded), new("actual", context.Home.CodexFolder)],
            };
    }

    /// <summary>Forgets the recorded home, when a follower leaves or a master is taken down.</summary>
    public static void Forget(EngineContext context) => context.Files.DeleteFile(FileOf(context));

    private static string FileOf(EngineContext context) => Path.Combine(context.Home.MachineStateFolder, "codex-home");

    private static string? Read(EngineContext context)
    {
        if (context.Files.TryGetEntry(FileOf(context)) is not { Kind: EntryKind.File })
        {
            return null;
        }

        using var reader = new StreamReader(context.Files.OpenRead(FileOf(context)), Encoding.UTF8);
        return reader.ReadLine() is { Length: > 0 } line ? line : null;
    }

    // A Codex home that is not there yet has nothing to resolve.
    private static string Resolved(EngineContext context, string path)
        => Path.TrimEndingDirectorySeparator(context.Files.ResolveLinks(path) ?? path);
}
