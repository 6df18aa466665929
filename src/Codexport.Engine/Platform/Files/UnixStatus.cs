
namespace Codexport.Engine.Platform.Files;

/// <summary>What a Unix system says about a file.</summary>
internal readonly record struct UnixStatus(
    ushort Mode, long Size, long ModifiedSeconds, uint ModifiedNanoseconds, long ChangedSeconds, uint ChangedNanoseconds)
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
        var kind = Kind;
        return new FileEntry(
            path,
            kind,
            kind == EntryKind.File ? Size : 0,
            Ticks(ModifiedSeconds, ModifiedNanoseconds),
            kind == EntryKind.File && (Mode & OwnerExecute) != 0,
            Ticks(ChangedSeconds, ChangedNanoseconds));
    }

    private static long Ticks(long seconds, uint nanoseconds)
        => DateTime.UnixEpoch.Ticks + (seconds * TimeSpan.TicksPerSecond) + (nanoseconds / 100);
}
