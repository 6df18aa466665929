namespace Codexport.Engine.Platform.Files;

/// <summary>What stands at a path; a symbolic link is reported as itself, never as its target.</summary>
public enum EntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Directory,

    /// <summary>A symbolic link, junction or other reparse point that redirects.</summary>
    SymbolicLink,

    /// <summary>A socket, device, pipe or anything else.</summary>
    Other,
}

/// <summary>One entry of the file system as it was when it was asked for.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Length in bytes; 0 for what is not a file.</param>
/// <param name="ModifiedTicks">Last write time in UTC ticks of 100 ns.</param>
/// <param name="IsExecutable">On Unix: the owner's execute bit. On Windows always false.</param>
/// <param name="ChangedTicks">
/// When content, name or permission last changed, UTC ticks; unlike the write time no program can set it. 0 where the platform does not tell.
/// </param>
/// <param name="HasOtherNames">Whether it is a file that other names lead to as well (hard links); false where the platform does not tell.</param>
/// <param name="IsForeign">Whether it belongs to another user than this one and the system's; false where the platform does not tell.</param>
public readonly record struct FileEntry(
    string Path, EntryKind Kind, long Size, long ModifiedTicks, bool IsExecutable, long ChangedTicks = 0,
    bool HasOtherNames = false, bool IsForeign = false);

/// <summary>Which file or folder it is, whatever its path, and who may do what with it.</summary>
/// <param name="Volume">Tells volumes apart.</param>
/// <param name="Number">Tells files of one volume apart.</param>
/// <param name="IsForeign">Whether it belongs to another user than this one and the system's.</param>
/// <param name="Mode">The permission bits.</param>
public readonly record struct EntryFacts(ulong Volume, ulong Number, bool IsForeign, UnixFileMode Mode)
{
    private const UnixFileMode Readers = UnixFileMode.GroupRead | UnixFileMode.OtherRead | Writers;
    private const UnixFileMode Writers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Whether others than the owner may change it.</summary>
    public bool IsWritableByOthers => (Mode & Writers) != 0;

    /// <summary>Whether others than the owner may read or change it.</summary>
    public bool IsOpenToOthers => (Mode & Readers) != 0;
}

/// <summary>Who may do what with a file or folder that Codexport makes.</summary>
public enum FilePermission
{
    /// <summary>0600 (folders 0700); on Windows inherited from the profile with access for the user alone where it is set.</summary>
    Private,

    /// <summary>0644 less the umask (folders 0755 less the umask).</summary>
    Normal,

    /// <summary>0700; on Windows what the folder gives.</summary>
    Executable,

    /// <summary>0600 (folders 0700); on Windows what the folder gives.</summary>
    Personal,
}
