using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Apply;

/// <summary>
/// Keeps a transaction inside the Codex home and <c>~/.agents</c>: no symbolic link is followed below them, but for the person's own link
/// where the plan says that it is.
/// </summary>
internal sealed class TargetGuard(IFileSystem files, CodexportHome home)
{
    /// <summary>
    /// The disk on which a transaction works: what it writes, deletes and backs up is reached through no link below the folders that it works
    /// in, however often somebody swaps one for a link meanwhile.
    /// </summary>
    public static IConfinedFileSystem Confine(EngineContext context, string codexFolder)
        => context.Files.Confine([codexFolder, context.Home.AgentsFolder, context.Home.MachineStateFolder, context.Home.BackupsFolder]);

    /// <summary>
    /// Takes back what a transaction made. Where somebody has put a link in the way meanwhile there is nothing of it any more: the next plan
    /// names the link.
    /// </summary>
    public static void TakeBack(Action remove)
    {
        try
        {
            remove();
        }
        catch (CodexportException error) when (error.Code == ErrorCode.PathBlocked)
        {
            // What is behind the link is not ours to delete.
        }
    }

    /// <summary>The absolute path of a relative one.</summary>
    public string Absolute(string path) => home.Locate(path);

    /// <summary>How much of a path is the root that it lies in, which may be a link of the person's; 0 for the Codex home.</summary>
    public static int RootLength(string path) => AgentsHome.IsOutsideCodexHome(path) ? AgentsHome.Folder.Length : 0;

    /// <summary>
    /// Whether the link that stands at a path leads out of the Codex home. What is replaced as a whole then replaces the link: what it leads
    /// to is another program's.
    /// </summary>
    public static bool LeadsOut(IFileSystem files, CodexportHome home, string path)
        => home.Locate(path) is var absolute
            && files.TryGetEntry(absolute) is { Kind: EntryKind.SymbolicLink }
            && files.ResolveLinks(absolute) is { } target
            && !target.StartsWith((files.ResolveLinks(home.CodexFolder) ?? home.CodexFolder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>Where a file is written: the path itself, or where the person's link at it leads.</summary>
    public string ResolveWrite(PlannedChange change, out FileEntry? found)
    {
        var absolute = Absolute(change.Path);
        found = files.TryGetEntry(absolute);
        switch (found?.Kind)
        {
            case EntryKind.SymbolicLink when GivesWay(change):
                return absolute;
            case EntryKind.SymbolicLink when change.FollowsLink:
                var target = files.ResolveLinks(absolute);
                found = target is null ? null : files.TryGetEntry(target);
                return target is not null && found is { Kind: EntryKind.File }
                    ? target
                    : throw FileErrors.Blocked(absolute, "a symbolic link that leads to no file");
            case EntryKind.SymbolicLink:
                throw FileErrors.Blocked(absolute, "a symbolic link");
            case EntryKind.Other:
                throw FileErrors.Blocked(absolute, "a pipe, socket or device");
            default:
                return absolute;
        }
    }

    /// <summary>Fails when a link or something stranger stands in the way of a deletion; the person's own link may go, not its target.</summary>
    public string ResolveDelete(PlannedChange change, out FileEntry? found)
    {
        var absolute = Absolute(change.Path);
        found = files.TryGetEntry(absolute);
        return found?.Kind switch
        {
            EntryKind.SymbolicLink when !change.FollowsLink => throw FileErrors.Blocked(absolute, "a symbolic link"),
            EntryKind.Other => throw FileErrors.Blocked(absolute, "a pipe, socket or device"),
            EntryKind.Directory => throw FileErrors.Blocked(absolute, "a folder where a file is expected"),
            _ => absolute,
        };
    }

    /// <summary>Whether a step of a journal may still be done: its place is the one that was judged then.</summary>
    public bool StillLeadsTo(ApplyStep step)
    {
        var path = step.Change.Path;
        for (var slash = path.IndexOf('/', RootLength(path) + 1); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            switch (files.TryGetEntry(Absolute(path[..slash]))?.Kind)
            {
                case null:
                    return string.Equals(step.Target, Absolute(path), StringComparison.Ordinal);
                case EntryKind.File when !step.IsWrite:
                    // Below the file that replaced a folder there is nothing left to delete.
                    return true;
                case EntryKind.Directory:
                    continue;
                default:
                    return false;
            }
        }

        var absolute = Absolute(path);
        var isLink = files.TryGetEntry(absolute) is { Kind: EntryKind.SymbolicLink };
        return string.Equals(step.Target, absolute, StringComparison.Ordinal)
            ? !isLink || (step.Change.FollowsLink && !step.IsWrite) || GivesWay(step.Change)
            : isLink && step.Change.FollowsLink && string.Equals(files.ResolveLinks(absolute), step.Target, StringComparison.Ordinal);
    }

    private bool GivesWay(PlannedChange change) => change.ReplacesLink && LeadsOut(files, home, change.Path);
}
