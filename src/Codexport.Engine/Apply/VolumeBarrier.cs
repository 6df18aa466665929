using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Apply;

/// <summary>Hands a batch of writes to the disk: everything before it lasts before anything after it is done.</summary>
internal static class VolumeBarrier
{
    /// <summary>One call a volume where the system has it, else file by file and folder by folder.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="volumes">A path on each volume that was written to.</param>
    /// <param name="written">Files written since.</param>
    /// <param name="folders">Folders whose entries changed since.</param>
    /// <param name="parallelism">How many at once.</param>
    public static void Flush(
        IFileSystem files, IEnumerable<string> volumes, IReadOnlyList<string> written, IEnumerable<string> folders, int parallelism)
    {
        if (volumes.Distinct(StringComparer.Ordinal).ToList().TrueForAll(files.TryFlushVolume))
        {
            return;
        }

        ParallelWork.ForEach(written, parallelism, path =>
        {
            using var stream = files.OpenAppend(path, FilePermission.Private);
            files.FlushToDisk(stream);
        }, CancellationToken.None);
        ParallelWork.ForEach([.. folders.Distinct(StringComparer.Ordinal)], parallelism, files.FlushDirectory, CancellationToken.None);
    }
}
