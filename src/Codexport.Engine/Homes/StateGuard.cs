using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;

namespace Codexport.Engine.Homes;

/// <summary>
/// Refuses state that another user could have changed, as ssh refuses its own: who can write to it chooses the key that is trusted and what
/// is run. Platforms that tell nothing of owners and modes are left to their access lists.
/// </summary>
public static class StateGuard
{
    private static readonly string[] Files =
    [
        "local.toml", "mcps.local.toml", "state/enrollment.json", "state/head.json", "state/contact.json", "state/codex-home", "state/applied.json",
        "state/staged.json", "state/apply.journal", "state/settings.json", "state/machine", "state/key.pem", "state/epoch.json", "master/key.pem",
        "master/next.pem", "master/invite", "master/invites.json", "master/followers.json", "master/head.json", "master/rotations.jsonl",
        "master/epoch.json", "master/online.pem", "master/delegation.json", "master/publication/epoch", "master/dashboard.json",
    ];

    private const string Exposed = "may be read or changed by other users, and a secret is in it";

    private static readonly string[] Folders = ["", "state", "master", "master/publication", "objects", "overrides", "skills", "backups"];

    /// <summary>Looks at the state folder and what decides in it.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateUnsafe"/>, naming the path and the command that mends it.</exception>
    public static void Require(IFileSystem files, CodexportHome home)
    {
        if (files.TryGetEntry(home.StateFolder) is null)
        {
            return;
        }

        foreach (var folder in Folders)
        {
            Require(files, folder.Length == 0 ? home.StateFolder : Path.Join(home.StateFolder, folder));
        }

        foreach (var file in Files)
        {
            Require(files, Path.Join(home.StateFolder, file));
        }
    }

    /// <summary>Refuses a file with a secret in it that others may read. Nothing is said of what is not there or is not a regular file.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateUnsafe"/>.</exception>
    public static void RequireSecret(IFileSystem files, string path)
    {
        if (files.ResolveLinks(path) is not { } real || files.TryGetEntry(real) is not { Kind: EntryKind.File } entry)
        {
            return;
        }

        if (entry.IsForeign)
        {
            throw Foreign(real);
        }

        if (files.TryGetFacts(real) is { IsOpenToOthers: true })
        {
            throw Unsafe(real, Exposed, Closing(real));
        }

        if (OperatingSystem.IsWindows() && WindowsAccess.IsOpenToOthers(real))
        {
            throw Unsafe(real, Exposed, $"Run '{FileModes.ClosingCommand(SafePath.Printable(real), isWindows: true, isFolder: false)}' after making sure that nobody changed it.");
        }
    }

    private static void Require(IFileSystem files, string path)
    {
        if (files.TryGetEntry(path) is not { } entry)
        {
            return;
        }

        if (entry.Kind == EntryKind.SymbolicLink)
        {
            RequireTarget(files, path);
        }
        else if (entry.IsForeign)
        {
            throw Foreign(path);
        }
        else if (files.TryGetFacts(path) is { IsWritableByOthers: true })
        {
            throw Unsafe(path, "may be changed by other users", Closing(path));
        }
    }

    // Whoever owns a folder above it can put something else in its place.
    private static void RequireTarget(IFileSystem files, string link)
    {
        if (files.ResolveLinks(link) is not { } real)
        {
            return;
        }

        for (var path = real; path is not null; path = Path.GetDirectoryName(path))
        {
            if (files.TryGetFacts(path) is not { } facts)
            {
                continue;
            }

            var isSticky = path != real && (facts.Mode & UnixFileMode.StickyBit) != 0;
            if (facts.IsForeign || (facts.IsWritableByOthers && !isSticky))
            {
                throw Unsafe(
                    link,
                    $"is a symbolic link to '{SafePath.Printable(real)}', and another user can change '{SafePath.Printable(path)}'",
                    $"Keep what it leads to in a folder of your own: 'mv {Quoted(real)} ...', then make the link anew; or close it: 'chmod go-w {Quoted(path)}'.");
            }
        }
    }

    private static CodexportException Foreign(string path) => Unsafe(
        path, "belongs to another user", $"If it is yours, run 'sudo chown -R \"$(id -un)\" {Quoted(path)}'; else move it away and set this machine up anew.");

    private static string Closing(string path) => $"Run 'chmod go= {Quoted(path)}' after making sure that nobody changed it.";

    private static string Quoted(string path) => $"\"{SafePath.Printable(path)}\"";

    private static CodexportException Unsafe(string path, string what, string remedy)
        => new(ErrorCode.StateUnsafe, $"'{SafePath.Printable(path)}' {what}, so it is not used.", remedy, path);
}
