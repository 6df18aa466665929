using System.IO.Enumeration;
using System.Runtime.Versioning;
using Codexport.Engine.Platform.Native;
using Codexport.Engine.Platform.Paths;
using Microsoft.Win32.SafeHandles;

namespace Codexport.Engine.Platform.Files;

/// <summary>Asks what stands at a path with one system call where the platform allows it.</summary>
internal static class EntryProbe
{
    private static readonly EnumerationOptions AllEntries = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        MatchType = MatchType.Simple,
        RecurseSubdirectories = false,
        ReturnSpecialDirectories = false,
    };

    /// <summary>The entry, or null when nothing is there.</summary>
    public static FileEntry? TryGet(string path, bool follow)
    {
        if (OperatingSystem.IsLinux())
        {
            return Interpret(path, LinuxCalls.Status(path, follow, out var status), status);
        }

        if (OperatingSystem.IsMacOS())
        {
            return Interpret(path, MacCalls.Status(path, follow, out var status), status);
        }

        return FromInfo(path, follow);
    }

    /// <summary>The entry of a name in an open folder, or null when nothing is there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The name.</param>
    /// <param name="path">Its path, for the entry and for errors.</param>
    /// <param name="follow">Whether a link at the name is followed.</param>
    [UnsupportedOSPlatform("windows")]
    public static FileEntry? TryGet(SafeFileHandle folder, string name, string path, bool follow)
        => Interpret(path, Status(folder, name, follow, out var status), status);

    /// <summary>What the system says of a name in an open folder: 0 or an error number.</summary>
    [UnsupportedOSPlatform("windows")]
    public static int Status(SafeFileHandle folder, string name, bool follow, out UnixStatus status) => OperatingSystem.IsMacOS()
        ? MacCalls.Status(folder, name, follow, out status)
        : OperatingSystem.IsLinux() ? LinuxCalls.Status(folder, name, follow, out status) : throw new PlatformNotSupportedException();

    /// <summary>Which entry stands at a path, links not followed; null when nothing does, or where the platform does not tell.</summary>
    public static EntryFacts? TryGetFacts(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            return LinuxCalls.Status(path, follow: false, out var status) == 0 ? status.ToFacts() : null;
        }

        if (OperatingSystem.IsMacOS())
        {
            return MacCalls.Status(path, follow: false, out var status) == 0 ? status.ToFacts() : null;
        }

        return null;
    }

    /// <summary>The entries of a folder; links are reported as themselves.</summary>
    public static IEnumerable<FileEntry> Enumerate(string directory)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            return EnumerateOnUnix(directory);
        }

        return new FileSystemEnumerable<FileEntry>(
            WindowsPath.Literal(directory), (ref FileSystemEntry entry) => FromListing(directory, ref entry), AllEntries);
    }

    // The names come from the folder alone; each is then asked once. One that has gone meanwhile is not there. No LINQ: over a struct of
    // our own it would be compiled anew in every process.
    private static IEnumerable<FileEntry> EnumerateOnUnix(string directory)
    {
        foreach (var path in new FileSystemEnumerable<string>(directory, static (ref FileSystemEntry entry) => entry.ToFullPath(), AllEntries))
        {
            if (TryGet(path, follow: false) is { } entry)
            {
                yield return entry;
            }
            else if (path.Contains('\ufffd', StringComparison.Ordinal))
            {
                // Its name is no UTF-8, so there is no text that it could be asked by; it is there all the same.
                yield return new FileEntry(path, EntryKind.Other, 0, 0, IsExecutable: false);
            }
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static FileEntry? Interpret(string path, int errno, UnixStatus status) => errno switch
    {
        0 => status.ToEntry(path),
        Errno.NotFound or Errno.NotDirectory => null,
        _ => throw FileErrors.FromErrno(errno, path, writing: false),
    };

    /// <summary>Windows lists name, size, time and attributes together; only links need another look.</summary>
    private static FileEntry FromListing(string directory, ref FileSystemEntry entry)
    {
        var path = Path.Join(directory, entry.FileName);
        var kind = entry.IsDirectory ? EntryKind.Directory : EntryKind.File;
        if ((entry.Attributes & FileAttributes.ReparsePoint) != 0 && entry.ToFileSystemInfo().LinkTarget is not null)
        {
            kind = EntryKind.SymbolicLink;
        }

        return new FileEntry(path, kind, kind == EntryKind.File ? entry.Length : 0, entry.LastWriteTimeUtc.UtcTicks, IsExecutable: false);
    }

    private static FileEntry? FromInfo(string path, bool follow)
    {
        FileSystemInfo info = new FileInfo(WindowsPath.Literal(path));
        if (follow && info.LinkTarget is not null)
        {
            info = info.ResolveLinkTarget(returnFinalTarget: true) ?? info;
        }

        var attributes = info.Attributes;
        if (attributes == (FileAttributes)(-1))
        {
            return null;
        }

        var isFolder = (attributes & FileAttributes.Directory) != 0;
        var isLink = !follow && (attributes & FileAttributes.ReparsePoint) != 0 && info.LinkTarget is not null;
        var isDevice = (attributes & FileAttributes.Device) != 0;
        var kind = isLink ? EntryKind.SymbolicLink : isFolder ? EntryKind.Directory : isDevice ? EntryKind.Other : EntryKind.File;
        var size = kind == EntryKind.File && info is FileInfo file ? file.Length : 0;
        return new FileEntry(path, kind, size, info.LastWriteTimeUtc.Ticks, IsExecutable: false);
    }
}
