namespace Codexport.Engine.Platform;

/// <summary>What a Unix system says about a file.</summary>
internal readonly record struct UnixStatus(ushort Mode, long Size, long ModifiedSeconds, uint ModifiedNanoseconds)
{
    private const int OwnerExecute = 0x40;

    public EntryKind Kind => (Mode & 0xF000) switch
    {
        0x8000 => EntryKind.File,
        0x4000 => EntryKind.Directory,
        0xA000 => EntryKind.SymbolicLink,
        _ => EntryKind.Other,
    };

    public FileEntry ToEntry(string path)
    {
        var ticks = DateTime.UnixEpoch.Ticks + (ModifiedSeconds * TimeSpan.TicksPerSecond) + (ModifiedNanoseconds / 100);
        var kind = Kind;
        return new FileEntry(path, kind, kind == EntryKind.File ? Size : 0, ticks, kind == EntryKind.File && (Mode & OwnerExecute) != 0);
    }
}
