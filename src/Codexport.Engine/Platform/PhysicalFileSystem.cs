using System.Runtime.Versioning;

namespace Codexport.Engine.Platform;

/// <summary>The disk of this machine.</summary>
public sealed class PhysicalFileSystem : IFileSystem
{
    private readonly Lazy<UnixFileMode> _umask = new(UnixModes.ReadUmask);

    /// <inheritdoc/>
    public bool IsCaseSensitive => !OperatingSystem.IsWindows() && !OperatingSystem.IsMacOS();

    /// <inheritdoc/>
    public bool HasExecutableBit => !OperatingSystem.IsWindows();

    /// <inheritdoc/>
    public FileEntry? TryGetEntry(string path) => Guard(path, writing: false, () => EntryProbe.TryGet(path, follow: false));

    /// <inheritdoc/>
    public IEnumerable<FileEntry> Enumerate(string directory)
    {
        using var entries = Guard(directory, writing: false, () =>
            EntryProbe.TryGet(directory, follow: true)?.Kind == EntryKind.Directory
                ? EntryProbe.Enumerate(directory).GetEnumerator()
                : Enumerable.Empty<FileEntry>().GetEnumerator());
        while (Guard(directory, writing: false, entries.MoveNext))
        {
            yield return entries.Current;
        }
    }

    /// <inheritdoc/>
    public Stream OpenRead(string path) => Guard(path, writing: false, () =>
    {
        RefuseSpecial(path);
        var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Open,
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        });
        return new GuardedStream(stream, path, writing: false);
    });

    /// <inheritdoc/>
    public Stream CreateNew(string path, FilePermission permission) => Open(path, FileMode.CreateNew, FileShare.Read | FileShare.Delete, permission);

    /// <inheritdoc/>
    public Stream OpenAppend(string path, FilePermission permission)
    {
        Guard(path, writing: true, () => RefuseSpecial(path));
        return Open(path, FileMode.Append, FileShare.ReadWrite | FileShare.Delete, permission);
    }

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
    public void Move(string source, string destination, bool overwrite) => Guard(destination, writing: true, () =>
    {
        if (OperatingSystem.IsWindows())
        {
            var isFolder = Directory.Exists(source);
            WindowsCalls.WithRetries(destination, () =>
            {
                if (isFolder)
                {
                    Directory.Move(source, destination);
                }
                else
                {
                    File.Move(source, destination, overwrite);
                }
            });
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

    /// <inheritdoc/>
    public void DeleteFile(string path) => Guard(path, writing: true, () =>
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
    public void DeleteEmptyDirectory(string path) => Guard(path, writing: true, () =>
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
    public void CreateDirectory(string path, FilePermission permission) => Guard(path, writing: true, () =>
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
    public void SetPermission(string path, FilePermission permission) => Guard(path, writing: true, () =>
    {
        if (!OperatingSystem.IsWindows())
        {
            var isFolder = EntryProbe.TryGet(path, follow: true)?.Kind == EntryKind.Directory;
            File.SetUnixFileMode(path, UnixModes.Requested(permission, isFolder) & ~_umask.Value);
        }
        else if (File.Exists(path))
        {
            (permission == FilePermission.Private ? WindowsAccess.RestrictFile : (Action<string>)WindowsAccess.Inherit)(path);
        }
    });

    /// <inheritdoc/>
    public void CopyPermission(string source, string destination) => Guard(destination, writing: true, () =>
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
    public string? ResolveLinks(string path) => Guard(path, writing: false, () => LinkResolver.Resolve(path));

    /// <inheritdoc/>
    public long GetFreeSpace(string path) => Guard(path, writing: false, () =>
    {
        var folder = ExistingFolder(path);
        return OperatingSystem.IsWindows()
            ? WindowsCalls.FreeSpace(folder) ?? long.MaxValue
            : new DriveInfo(folder).AvailableFreeSpace;
    });

    /// <inheritdoc/>
    public IDisposable? TryLock(string path) => Guard(path, writing: true, () =>
    {
        if (OperatingSystem.IsWindows())
        {
            return TryLockOnWindows(path);
        }

        if (EntryProbe.TryGet(path, follow: true) is null)
        {
            CreateLockFile(path);
        }

        RefuseSpecial(path);
        return UnixCalls.TryLockExisting(path);
    });

    private static GuardedStream Open(string path, FileMode mode, FileShare share, FilePermission permission)
        => Guard(path, writing: true, () =>
        {
            var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = share, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixModes.Requested(permission, isFolder: false);
            }

            var stream = new FileStream(path, options);
            if (OperatingSystem.IsWindows() && mode == FileMode.CreateNew && permission == FilePermission.Private)
            {
                // Before anything is in it.
                WindowsAccess.RestrictFile(path);
            }

            return new GuardedStream(stream, path, writing: true);
        });

    private static void CreateLockFile(string path)
    {
        try
        {
            Open(path, FileMode.CreateNew, FileShare.ReadWrite, FilePermission.Private).Dispose();
        }
        catch (CodexportException error) when (error.Code == ErrorCode.PathBlocked && EntryProbe.TryGet(path, follow: true) is not null)
        {
            // Another process made it at the same moment: it serves as well.
        }
    }

    [SupportedOSPlatform("windows")]
    private static FileStream? TryLockOnWindows(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException error) when (FileErrors.IsSharingViolation(error))
        {
            return null;
        }
    }

    [SupportedOSPlatform("windows")]
    private static void DeleteOnWindows(string path) => WindowsCalls.WithRetries(path, () =>
    {
        const FileAttributes FolderLink = FileAttributes.Directory | FileAttributes.ReparsePoint;
        var attributes = new FileInfo(path).Attributes;
        if (attributes != (FileAttributes)(-1) && (attributes & FolderLink) == FolderLink)
        {
            Directory.Delete(path, recursive: false);
        }
        else
        {
            File.Delete(path);
        }
    });

    /// <summary>Opening a pipe would wait for its other end, so what a path leads to is looked at first.</summary>
    private static void RefuseSpecial(string path)
    {
        switch (EntryProbe.TryGet(path, follow: true)?.Kind)
        {
            case EntryKind.Directory:
                throw FileErrors.Blocked(path, "a folder where a file is expected");
            case EntryKind.Other:
                throw FileErrors.Blocked(path, "a pipe, socket or device where a file is expected");
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

    private static void Guard(string path, bool writing, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (FileErrors.IsFileError(error))
        {
            throw FileErrors.Translate(error, path, writing);
        }
    }

    private static T Guard<T>(string path, bool writing, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (FileErrors.IsFileError(error))
        {
            throw FileErrors.Translate(error, path, writing);
        }
    }
}
