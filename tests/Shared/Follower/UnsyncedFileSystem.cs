using Codexport.Engine.Platform.Files;
using Codexport.Tests.Platform;

namespace Codexport.Tests.Follower;

/// <summary>
/// The real disk without waiting for it: these tests are about what is written, not about power losses, and waiting for a disk at every
/// step of some hundred joins takes a minute.
/// </summary>
public sealed class UnsyncedFileSystem(IFileSystem disk) : DelegatingFileSystem(disk)
{
    public UnsyncedFileSystem()
        : this(new PhysicalFileSystem())
    {
    }

    public override void FlushToDisk(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Flush();
    }

    public override void FlushDirectory(string directory)
    {
    }

    public override bool TryFlushVolume(string path) => true;

    public override IConfinedFileSystem Confine(IReadOnlyList<string> roots) => new UnsyncedFileSystem(Inner.Confine(roots));
}
