using System.Buffers.Binary;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Compose;

/// <summary>
/// Everything that a full check of an unchanged home looked at, with the size and time that it had (<c>state/glance.cache</c>). While all of
/// it still looks the same, the next check needs no state parsed, no overlay listed and no hash. Only a help: without it, or where anything
/// looks different, the full check decides. Nothing written right before it was looked at is remembered, because a later write could leave
/// the same time.
/// </summary>
internal sealed class HomeGlance(EngineContext context)
{
    // "CXG1", little endian.
    private const uint Magic = 0x31475843;
    private const byte Absent = 0xFF;
    private const byte ExecutableFlag = 0x80;

    // Kind, size, time of the content's and of any change.
    private const int LooksSize = 25;

    private readonly List<(string Path, FileEntry? Entry)> _seen = [];
    private readonly long _started = context.Time.GetUtcNow().UtcTicks;

    /// <summary>What stands at a path, noted.</summary>
    public FileEntry? Look(string path)
    {
        var entry = context.Files.TryGetEntry(path);
        Add(path, entry);
        return entry;
    }

    /// <summary>Notes what was seen at a path, links not followed.</summary>
    public void Add(string path, FileEntry? entry) => _seen.Add((path, entry));

    /// <summary>Remembers what was seen, unless something of it is too young. Failing to is not a failure of the sync.</summary>
    public void Save()
    {
        if (_seen.Exists(item => item.Entry is { } entry && FreshTime.IsTooYoung(entry, _started)))
        {
            return;
        }

        try
        {
            AtomicFile.Write(context.Files, FileOf(context), Print(), FilePermission.Private);
        }
        catch (CodexportException error)
        {
            context.Trace?.Invoke($"What was looked at is not remembered: {error.Message}");
        }
    }

    /// <summary>Whether all that a full check found unchanged still looks as it did then.</summary>
    public static bool Holds(EngineContext context)
    {
        try
        {
            return AtomicFile.TryReadAllBytes(context.Files, FileOf(context)) is { } content && Holds(context, content);
        }
        catch (CodexportException error)
        {
            context.Trace?.Invoke($"What was looked at last time is not used: {error.Message}");
            return false;
        }
    }

    private static string FileOf(EngineContext context) => Path.Join(context.Home.MachineStateFolder, "glance.cache");

    private static bool Holds(EngineContext context, ReadOnlySpan<byte> content)
    {
        if (content.Length < 8 || BinaryPrimitives.ReadUInt32LittleEndian(content) != Magic)
        {
            return false;
        }

        var count = BinaryPrimitives.ReadInt32LittleEndian(content[4..]);
        var rest = content[8..];
        if (!TryReadText(ref rest, out var folder) || folder != context.Home.CodexFolder)
        {
            return false;
        }

        for (var index = 0; index < count; index++)
        {
            if (!TryReadText(ref rest, out var path) || rest.Length < LooksSize || !LooksAs(context.Files.TryGetEntry(path), rest))
            {
                return false;
            }

            rest = rest[LooksSize..];
        }

        return rest.IsEmpty;
    }

    private static bool LooksAs(FileEntry? now, ReadOnlySpan<byte> then) => then[0] == KindOf(now)
        && (now is not { } entry
            || (BinaryPrimitives.ReadInt64LittleEndian(then[1..]) == entry.Size
                && BinaryPrimitives.ReadInt64LittleEndian(then[9..]) == entry.ModifiedTicks
                && BinaryPrimitives.ReadInt64LittleEndian(then[17..]) == entry.ChangedTicks));

    private static byte KindOf(FileEntry? entry)
        => entry is { } there ? (byte)((byte)there.Kind | (there.IsExecutable ? ExecutableFlag : 0)) : Absent;

    private static bool TryReadText(ref ReadOnlySpan<byte> rest, out string text)
    {
        text = string.Empty;
        if (rest.Length < 4 || BinaryPrimitives.ReadInt32LittleEndian(rest) is var length && (length < 0 || length > rest.Length - 4))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(rest.Slice(4, length));
        rest = rest[(4 + length)..];
        return true;
    }

    private byte[] Print()
    {
        using var stream = new MemoryStream(_seen.Count * 120);
        Span<byte> buffer = stackalloc byte[LooksSize];
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[4..], _seen.Count);
        stream.Write(buffer[..8]);
        WriteText(stream, context.Home.CodexFolder);
        foreach (var (path, entry) in _seen)
        {
            WriteText(stream, path);
            buffer[0] = KindOf(entry);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[1..], entry?.Size ?? 0);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[9..], entry?.ModifiedTicks ?? 0);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[17..], entry?.ChangedTicks ?? 0);
            stream.Write(buffer);
        }

        return stream.ToArray();
    }

    private static void WriteText(MemoryStream stream, string text)
    {
        Span<byte> length = stackalloc byte[4];
        var bytes = Encoding.UTF8.GetBytes(text);
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        stream.Write(length);
        stream.Write(bytes);
    }
}
