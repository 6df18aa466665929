using System.Runtime.Versioning;

namespace Codexport.Engine.Platform.Files;

/// <summary>The disk of this machine.</summary>
public sealed class PhysicalFileSystem : IFileSystem
{
    private readonly Lazy<UnixFileMode> _umask = new(UnixModes.ReadUmask);

    /// <inheritdoc/>
    public bool IsCaseSensitive => !OperatingSystem.IsWindows() && !OperatingSystem.IsMacOS();

    /// <inheritdoc/>
    public bool HasExecutableBit => !OperatingSystem.IsWindows();

    /// <inheritdoc/>
    public FileEntry? TryGetEntry(string path) => FileErrors.Guard(path, writing: false, () => EntryProbe.TryGet(path, follow: false));

    /// <inheritdoc/>
    public EntryFacts? TryGetFacts(string path) => FileErrors.Guard(path, writing: false, () => EntryProbe.TryGetFacts(path));

    /// <inheritdoc/>
    public IEnumerable<FileEntry> Enumerate(string directory)
    {
        using var entries = FileErrors.Guard(directory, writing: false, () =>
            EntryProbe.TryGet(directory, follow: true)?.Kind == EntryKind.Directory
                ? EntryProbe.Enumerate(directory).GetEnumerator()
                : Enumerable.Empty<FileEntry>().GetEnumerator());
        while (FileErrors.Guard(directory, writing: false, entries.MoveNext))
        {
            yield return entries.Current;
        }
    }

    /// <inheritdoc/>
    public Stream OpenRead(string path) => FileOpening.Read(path);

    /// <inheritdoc/>
    public Stream CreateNew(string path, FilePermission permission) => FileOpening.New(path, permission);

    /// <inheritdoc/>
    public Stream OpenAppend(string path, FilePermission permission) => FileOpening.Append(path, permission);

    /// <inheritdoc/>
    public void FlushToDisk(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream is not GuardedStream file)
        {
            throw new ArgumentException("The stream was not opened by this file system.", nameof(stream));
        }

        file.FlushToDisk();
    }

    /// <inheritdoc/>
    public void FlushDirectory(string directory)
    {
        if (!OperatingSystem.IsWindows())
        {
            UnixCalls.FlushFolder(directory, UnixCalls.SyncFile);
        }
    }

    /// <inheritdoc/>
    public bool TryFlushVolume(string path)
        => OperatingSystem.IsLinux() && UnixCalls.FlushFolder(ExistingFolder(path), LinuxCalls.SyncVolume);

    /// <inheritdoc/>
    public void RequireReplaceable(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            RequireReplaceableOnWindows(path);
        }
    }

    /// <inheritdoc/>
    public void Move(string source, string destination, bool overwrite)
    {
        if (OperatingSystem.IsWindows() && Directory.Exists(source))
        {
            MoveFolderOnWindows(source, destination);
            return;
        }

        FileErrors.GuardFile(destination, () =>
        {
            if (OperatingSystem.IsWindows())
            {
                MoveFileOnWindows(source, destination, overwrite);
            }
            else if (overwrite)
            {
                // The library copies when source and destination are on two volumes, which is not done in one step.
                UnixCalls.RenameOver(source, destination);
            }
            else
            {
                File.Move(source, destination, overwrite: false);
            }
        });
    }

    /// <inheritdoc/>
    public void DeleteFile(string path) => FileErrors.GuardFile(path, () =>
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                DeleteOnWindows(path);
            }
            else
            {
                File.Delete(path);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Where the folder is gone, the file is too.
        }
    });

    /// <inheritdoc/>
    public void DeleteEmptyDirectory(string path) => FileErrors.Guard(path, writing: true, () =>
    {
        var entry = EntryProbe.TryGet(path, follow: false);
        if (entry is null)
        {
            return;
        }

        if (entry.Value.Kind != EntryKind.Directory)
        {
            throw FileErrors.Blocked(path, "no folder");
        }

        if (OperatingSystem.IsWindows())
        {
            WindowsCalls.WithRetries(path, () => Directory.Delete(path, recursive: false));
        }
        else
        {
            Directory.Delete(path, recursive: false);
        }
    });

    /// <inheritdoc/>
    public void CreateDirectory(string path, FilePermission permission) => FileErrors.Guard(path, writing: true, () =>
    {
        var folder = Path.TrimEndingDirectorySeparator(path);
        if (OperatingSystem.IsWindows())
        {
            var isNew = permission == FilePermission.Private && !Directory.Exists(folder);
            Directory.CreateDirectory(folder);
            if (isNew)
            {
                WindowsAccess.RestrictFolder(folder);
            }
        }
        else
        {
            UnixCalls.MakeFolders(folder, UnixModes.Requested(permission, isFolder: true));
        }
    });

    /// <inheritdoc/>
    public void SetPermission(string path, FilePermission permission) => FileErrors.Guard(path, writing: true, () =>
    {
        if (!OperatingSystem.IsWindows())
        {
            var isFolder = EntryProbe.TryGet(path, follow: true)?.Kind == EntryKind.Directory;
            File.SetUnixFileMode(path, Masked(permission, isFolder));
        }
        else if (File.Exists(path))
        {
            (permission == FilePermission.Private ? WindowsAccess.RestrictFile : (Action<string>)WindowsAccess.Inherit)(path);
        }
    });

    /// <inheritdoc/>
    public void CopyPermission(string source, string destination) => FileErrors.Guard(destination, writing: true, () =>
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(destination, File.GetUnixFileMode(source));
        }
        else
        {
            WindowsAccess.Copy(source, destination);
        }
    });

    /// <inheritdoc/>
    public string? ResolveLinks(string path) => FileErrors.Guard(path, writing: false, () => LinkResolver.Resolve(path));

    /// <inheritdoc/>
    public string? ReadLink(string path) => FileErrors.Guard(path, writing: false, () => new FileInfo(path).LinkTarget);

    /// <inheritdoc/>
    public void CreateLink(string path, string target) => FileErrors.Guard(path, writing: true, () => { File.CreateSymbolicLink(path, target); });

    /// <inheritdoc/>
    public bool CanWriteIn(string folder) => OperatingSystem.IsWindows() || UnixCalls.Access(folder, 2) == 0;

    /// <inheritdoc/>
    public long GetFreeSpace(string path) => FileErrors.Guard(path, writing: false, () =>
    {
        var folder = ExistingFolder(path);
        return OperatingSystem.IsWindows()
            ? WindowsCalls.FreeSpace(folder) ?? long.MaxValue
            : new DriveInfo(folder).AvailableFreeSpace;
    });

    /// <inheritdoc/>
    public IDisposable? TryLock(string path) => LockedFile.TryTake(path);

    /// <inheritdoc/>
    public IConfinedFileSystem Confine(IReadOnlyList<string> roots)
        => OperatingSystem.IsWindows() ? new ConfinedWindowsFiles(this, roots) : new ConfinedUnixFiles(this, roots);

    /// <summary>What a permission means here, less what the user's umask takes away.</summary>
    internal UnixFileMode Masked(FilePermission permission, bool isFolder) => UnixModes.Requested(permission, isFolder) & ~_umask.Value;

    [SupportedOSPlatform("windows")]
    private static void MoveFileOnWindows(string source, string destination, bool overwrite) => WindowsCalls.WithRetries(destination, () =>
    {
        RefuseFolder(new FileInfo(destination));
        File.Move(source, destination, overwrite);
    });

    [SupportedOSPlatform("windows")]
    private static void MoveFolderOnWindows(string source, string destination)
        => FileErrors.Guard(destination, writing: true, () => WindowsCalls.WithRetries(destination, () => Directory.Move(source, destination)));

    [SupportedOSPlatform("windows")]
    private static void RequireReplaceableOnWindows(string path)
        => FileErrors.Guard(path, writing: true, () => WindowsCalls.WithRetries(path, () => WindowsCalls.RequireReplaceable(path)));

    [SupportedOSPlatform("windows")]
    private static void DeleteOnWindows(string path) => WindowsCalls.WithRetries(path, () =>
    {
        const FileAttributes FolderLink = FileAttributes.Directory | FileAttributes.ReparsePoint;
        var entry = new FileInfo(path);
        var attributes = entry.Attributes;
        if (attributes != (FileAttributes)(-1) && (attributes & FolderLink) == FolderLink)
        {
            Directory.Delete(path, recursive: false);
        }
        else
        {
            RefuseFolder(entry);
            File.Delete(path);
        }
    });

    // The system would only say that access is denied, as it does of what is in use, and it would be tried for seconds.
    private static void RefuseFolder(FileInfo entry)
    {
        if (entry.Attributes is var attributes && attributes != (FileAttributes)(-1) && (attributes & FileAttributes.Directory) != 0
            && (attributes & FileAttributes.ReparsePoint) == 0)
        {
            throw FileErrors.Blocked(entry.FullName, "a folder where a file is expected");
        }
    }

    private static string ExistingFolder(string path)
    {
        var folder = path;
        while (EntryProbe.TryGet(folder, follow: true) is not { Kind: EntryKind.Directory } && Path.GetDirectoryName(folder) is { } parent)
        {
            folder = parent;
        }

        return folder;
    }
}
