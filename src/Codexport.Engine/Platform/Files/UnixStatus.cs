using System.Runtime.Versioning;

namespace Codexport.Engine.Platform.Files;

/// <summary>What a Unix system says about a file.</summary>
internal readonly record struct UnixStatus(
    ushort Mode, long Size, long ModifiedSeconds, uint ModifiedNanoseconds, long ChangedSeconds, uint ChangedNanoseconds)
{
    private const int OwnerExecute = 0x40;

    /// <summary>How many names lead to it.</summary>
    public uint Links { get; init; }

    /// <summary>The number of the user that it belongs to.</summary>
    public uint Owner { get; init; }

    /// <summary>Tells volumes apart.</summary>
    public ulong Volume { get; init; }

    /// <summary>Tells files of one volume apart.</summary>
    public ulong Number { get; init; }

    [UnsupportedOSPlatform("windows")]
    private bool IsForeign => Owner != 0 && Owner != UnixCalls.UserId();

    public EntryKind Kind => (Mode & 0xF000) switch
    {
        0x8000 => EntryKind.File,
        0x4000 => EntryKind.Directory,
        0xA000 => EntryKind.SymbolicLink,
        _ => EntryKind.Other,
    };

    [UnsupportedOSPlatform("windows")]
    public EntryFacts ToFacts() => new(Volume, Number, IsForeign, (UnixFileMode)(Mode & 0xFFF));

    [UnsupportedOSPlatform("windows")]
    public FileEntry ToEntry(string path)
    {
        var kind = Kind;
        return new FileEntry(
            path,
            kind,
            kind == EntryKind.File ? Size : 0,
            Ticks(ModifiedSeconds, ModifiedNanoseconds),
            kind == EntryKind.File && (Mode & OwnerExecute) != 0,
            Ticks(ChangedSeconds, ChangedNanoseconds),
            kind == EntryKind.File && Links > 1,
            IsForeign);
    }

    private static long Ticks(long seconds, uint nanoseconds)
        => DateTime.UnixEpoch.Ticks + (seconds * TimeSpan.TicksPerSecond) + (nanoseconds / 100);
}
