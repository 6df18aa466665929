namespace Codexport.Engine.Platform.Files;

/// <summary>Opens regular files of this machine's disk, with the permission they get when they are new.</summary>
internal static class FileOpening
{
    /// <summary>Opens a file for reading, whoever else writes or replaces it.</summary>
    public static Stream Read(string path) => FileErrors.Guard(path, writing: false, () =>
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

    /// <summary>Makes a file that is not there yet, and opens it for writing.</summary>
    public static Stream New(string path, FilePermission permission, FileShare share = FileShare.Read | FileShare.Delete)
        => Write(path, FileMode.CreateNew, share, permission);

    /// <summary>Opens a file for writing at its end; makes it if needed.</summary>
    public static Stream Append(string path, FilePermission permission)
    {
        FileErrors.Guard(path, writing: true, () => RefuseSpecial(path));
        return Write(path, FileMode.Append, FileShare.ReadWrite | FileShare.Delete, permission);
    }

    /// <summary>Opening a pipe would wait for its other end, so what a path leads to is looked at first.</summary>
    public static void RefuseSpecial(string path) => RefuseSpecial(EntryProbe.TryGet(path, follow: true)?.Kind, path);

    /// <summary>Fails where something stands that is not opened as a file.</summary>
    public static void RefuseSpecial(EntryKind? kind, string path)
    {
        switch (kind)
        {
            case EntryKind.Directory:
                throw FileErrors.Blocked(path, "a folder where a file is expected");
            case EntryKind.Other:
                throw FileErrors.Blocked(path, "a pipe, socket or device where a file is expected");
        }
    }

    private static GuardedStream Write(string path, FileMode mode, FileShare share, FilePermission permission)
        => FileErrors.Guard(path, writing: true, () =>
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
}
