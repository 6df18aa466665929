using Codexport.Engine.Platform.Files;

namespace Codexport.Tests.Platform;

/// <summary>
/// A disk on which nobody opens a file whose mode gives its owner nothing. The system holds everybody to that but root, as whom tests often run;
/// so it is done here, and meets root as well.
/// </summary>
public sealed class BoundByModes(IFileSystem disk) : DelegatingFileSystem(disk)
{
    public override Stream OpenRead(string path)
    {
        Require(path, writing: false);
        return base.OpenRead(path);
    }

    public override Stream OpenAppend(string path, FilePermission permission)
    {
        Require(path, writing: true);
        return base.OpenAppend(path, permission);
    }

    public override IDisposable? TryLock(string path)
    {
        Require(path, writing: true);
        return base.TryLock(path);
    }

    public override IConfinedFileSystem Confine(IReadOnlyList<string> roots) => new BoundByModes(Inner.Confine(roots));

    private static void Require(string path, bool writing)
    {
        // What a dangling link leads to is not there, and has no mode.
        if (!OperatingSystem.IsWindows() && new FileInfo(path) is { Exists: true, LinkTarget: null } file && (file.UnixFileMode & UnixFileMode.UserRead) == 0)
        {
            throw FileErrors.Translate(new UnauthorizedAccessException(), path, writing);
        }
    }
}
