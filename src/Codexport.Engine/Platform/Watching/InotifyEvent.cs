using System.Buffers.Binary;
using System.Text;
using Codexport.Engine.Platform.Native;

namespace Codexport.Engine.Platform.Watching;

/// <summary>What happened to a name in a watched folder, or to the watch itself.</summary>
/// <param name="Watch">The watch's number.</param>
/// <param name="Mask">What happened.</param>
/// <param name="Name">The name in the folder; empty when it is about the folder or the watch.</param>
internal readonly record struct InotifyEvent(int Watch, InotifyMask Mask, string Name)
{
    /// <summary>The bytes of an event before its name; the system gives whole events only.</summary>
    public const int HeaderSize = 16;

    /// <summary>What it comes to for one who looks again.</summary>
    public WatcherChangeTypes Type => (Mask & (InotifyMask.Created | InotifyMask.MovedTo)) != 0 ? WatcherChangeTypes.Created
        : (Mask & (InotifyMask.Deleted | InotifyMask.MovedFrom)) != 0 ? WatcherChangeTypes.Deleted
        : Mask.HasFlag(InotifyMask.IsFolder) ? WatcherChangeTypes.Created
        : WatcherChangeTypes.Changed;

    /// <summary>Reads the first event and takes it off the bytes.</summary>
    public static InotifyEvent ReadFirst(ref ReadOnlySpan<byte> bytes)
    {
        var watch = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        var mask = (InotifyMask)BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        var name = bytes.Slice(HeaderSize, length);
        var end = name.IndexOf((byte)0);
        bytes = bytes[(HeaderSize + length)..];
        return new InotifyEvent(watch, mask, Encoding.UTF8.GetString(end < 0 ? name : name[..end]));
    }
}
