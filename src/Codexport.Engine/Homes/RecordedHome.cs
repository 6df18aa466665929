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
        if (CheckReadable(context))
        {
            return;
        }

        SetAside.IfNotFile(context, FileOf(context));
        var files = context.Files;
        files.CreateDirectory(context.Home.StateFolder, FilePermission.Private);
        files.CreateDirectory(context.Home.MachineStateFolder, FilePermission.Private);
        AtomicFile.Write(
            files, FileOf(context), Encoding.UTF8.GetBytes(Resolved(context, context.Home.CodexFolder) + "\n"), FilePermission.Private);
    }

    /// <summary>As <see cref="Check"/>, where the record is about to be written: a damaged one counts as none.</summary>
    /// <returns>Whether one is recorded.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HomeChanged"/>.</exception>
    public static bool CheckReadable(EngineContext context)
    {
        try
        {
            return Check(context);
        }
        catch (CodexportException error) when (error.Code == ErrorCode.StateDamaged)
        {
            context.Trace?.Invoke($"{error.Message} It is written anew.");
            return false;
        }
    }

    /// <summary>Checks the Codex home against the recorded one.</summary>
    /// <returns>Whether one is recorded.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.HomeChanged"/>, or <see cref="ErrorCode.StateDamaged"/>.</exception>
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
    public static void Forget(EngineContext context)
    {
        SetAside.IfNotFile(context, FileOf(context));
        context.Files.DeleteFile(FileOf(context));
    }

    private static string FileOf(EngineContext context) => Path.Combine(context.Home.MachineStateFolder, "codex-home");

    private static string? Read(EngineContext context)
    {
        var path = FileOf(context);
        switch (context.Files.TryGetEntry(path)?.Kind)
        {
            case null:
                return null;
            case EntryKind.File:
                break;
            default:
                throw Damaged(path, "it is not a file");
        }

        var content = AtomicFile.ReadAllBytes(context.Files, path);
        try
        {
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(content);
            if (!text.EndsWith('\n'))
            {
                // Half of a path is a path as well, of a home that nobody meant.
                throw Damaged(path, "its end is missing");
            }

            var home = text[..^1];
            return Path.IsPathFullyQualified(home) && !home.Any(char.IsControl) ? home : throw Damaged(path, "it does not hold a path");
        }
        catch (DecoderFallbackException error)
        {
            throw Damaged(path, "it does not hold a path", error);
        }
    }

    private static CodexportException Damaged(string path, string what, Exception? inner = null) => new(
        ErrorCode.StateDamaged,
        $"The record of this home's Codex home, '{path}', cannot be used: {what}.",
        "On a follower join again ('codexport follower join LINK'), on a master run 'codexport master init': both write it anew.",
        path,
        inner);

    // A Codex home that is not there yet has nothing to resolve.
    private static string Resolved(EngineContext context, string path)
        => Path.TrimEndingDirectorySeparator(context.Files.ResolveLinks(path) ?? path);
}
