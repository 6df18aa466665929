using Codexport.Engine.Errors;

namespace Codexport.Engine.Platform.Files;

/// <summary>
/// All disk work of the engine: small, so that a test can fail, record or stop it at every call. Paths are absolute. Failures are
/// <see cref="CodexportException"/> with <see cref="ErrorCode.FileUnreadable"/>, <see cref="ErrorCode.FileUnwritable"/>,
/// <see cref="ErrorCode.DiskFull"/> or <see cref="ErrorCode.PathBlocked"/>, naming the path and the cause.
/// Metadata calls are synchronous because every operating system's are; contents go through streams that are read and written
/// asynchronously where they are long.
/// </summary>
public interface IFileSystem
{
    /// <summary>Whether names that differ in case alone are two files here.</summary>
    bool IsCaseSensitive { get; }

    /// <summary>Whether files have an execute bit here; where not, <see cref="FileEntry.IsExecutable"/> is always false.</summary>
    bool HasExecutableBit { get; }

    /// <summary>What stands at <paramref name="path"/>, links not followed; null when nothing does.</summary>
    FileEntry? TryGetEntry(string path);

    /// <summary>
    /// Which file or folder stands at <paramref name="path"/>, links not followed; null when nothing does, or where the platform does not
    /// tell.
    /// </summary>
    EntryFacts? TryGetFacts(string path);

    /// <summary>The entries of a folder in no particular order, links not followed; empty when there is no such folder.</summary>
    IEnumerable<FileEntry> Enumerate(string directory);

    /// <summary>
    /// Opens a file for reading, links followed; sharing allows others to replace or delete it meanwhile. What is no regular file in the
    /// end (a folder, a pipe, a device) is <see cref="ErrorCode.PathBlocked"/> and never waited for.
    /// </summary>
    Stream OpenRead(string path);

    /// <summary>Creates a file that must not exist yet (also not as a dangling link) and opens it for writing.</summary>
    Stream CreateNew(string path, FilePermission permission);

    /// <summary>Opens a file for appending, creating it when it is not there.</summary>
    Stream OpenAppend(string path, FilePermission permission);

    /// <summary>Hands the bytes of an open file written so far to the disk (fsync).</summary>
    void FlushToDisk(Stream stream);

    /// <summary>Hands a folder's entries to the disk where the platform can (fsync of the folder; nothing on Windows).</summary>
    void FlushDirectory(string directory);

    /// <summary>
    /// Hands everything written on the volume of <paramref name="path"/> to the disk in one call (syncfs on Linux).
    /// False where the platform has no such call: then flush file by file.
    /// </summary>
    bool TryFlushVolume(string path);

    /// <summary>
    /// Fails when replacing or deleting what stands at <paramref name="path"/> would fail because another program holds it. Nothing happens
    /// where nothing stands, or where the platform lets files be replaced that are in use (Unix).
    /// </summary>
    void RequireReplaceable(string path);

    /// <summary>Renames within a volume. With <paramref name="overwrite"/> an existing file is replaced at once.</summary>
    void Move(string source, string destination, bool overwrite);

    /// <summary>Deletes a file or a link (never what it points to). Nothing happens when it is not there.</summary>
    void DeleteFile(string path);

    /// <summary>Deletes a folder that is empty; fails when it is not. Nothing happens when it is not there.</summary>
    void DeleteEmptyDirectory(string path);

    /// <summary>Creates a folder and those above it. Nothing happens when it is there.</summary>
    void CreateDirectory(string path, FilePermission permission);

    /// <summary>Sets the permission of an existing file or folder. On Windows every permission but <see cref="FilePermission.Private"/> means what the folder gives.</summary>
    void SetPermission(string path, FilePermission permission);

    /// <summary>Gives a file the exact permission that another one has. Nothing on Windows, where a folder's rules are inherited.</summary>
    void CopyPermission(string source, string destination);

    /// <summary>Where the links of a path lead in the end, or null when it dangles or loops. A path without links comes back normalized.</summary>
    string? ResolveLinks(string path);

    /// <summary>The target of the symbolic link at a path as it is written there; null where no link is.</summary>
    string? ReadLink(string path) => null;

    /// <summary>Makes a symbolic link to a file; nothing may stand at the path.</summary>
    void CreateLink(string path, string target) => throw new NotSupportedException();

    /// <summary>Whether files can be made in a folder, as far as the system tells without trying.</summary>
    bool CanWriteIn(string folder) => true;

    /// <summary>Bytes that the user may still write on the volume of <paramref name="path"/>.</summary>
    long GetFreeSpace(string path);

    /// <summary>Takes an exclusive lock on a lock file between processes, made if needed; null when somebody else holds it.</summary>
    IDisposable? TryLock(string path);

    /// <summary>This disk, followed through no link below some folders; the caller disposes it, and not the disk itself.</summary>
    /// <param name="roots">The folders, which may be links and need not be there yet.</param>
    IConfinedFileSystem Confine(IReadOnlyList<string> roots);
}
