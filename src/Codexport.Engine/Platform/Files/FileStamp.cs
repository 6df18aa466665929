namespace Codexport.Engine.Platform.Files;

/// <summary>
/// Tells cheaply whether a small file was replaced since it was last read, by its size and time. A time that is too fresh proves nothing,
/// because a second write may fall into the same tick of the file system's clock: until it has aged, the file counts as changed.
/// </summary>
public sealed class FileStamp(IFileSystem files, TimeProvider time, string path)
{
    private FileEntry? _seen;
    private bool _isFirm;

    /// <summary>Whether the file must be read again. The caller reads after asking, never before.</summary>
    public bool IsDue()
    {
        var entry = files.TryGetEntry(path);
        if (_isFirm && entry == _seen)
        {
            return false;
        }

        _seen = entry;
        _isFirm = entry is not { } there || !FreshTime.IsTooYoung(there, time.GetUtcNow().UtcTicks);
        return true;
    }

    /// <summary>Makes the next question answer yes, for instance after a failed read.</summary>
    public void Reset() => _isFirm = false;
}
