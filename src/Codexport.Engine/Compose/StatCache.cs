using System.Buffers.Binary;
using System.Text;
using Codexport.Engine.Apply;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Compose;

/// <summary>
/// Remembers the hashes of files by size and times (<c>state/stat.cache</c>), so that an unchanged one is not read again. Only a help: when
/// it is missing, old or damaged, files are read. A file that was written right before it was read is not remembered, because a later
/// write could leave the same time.
/// </summary>
internal sealed class StatCache
{
    // "CXS2", little endian.
    private const uint Magic = 0x32535843;
    private const int FixedSize = Sha256Hash.Size + 24;

    private readonly Dictionary<string, Entry> _entries;
    private readonly IFileSystem _files;
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private bool _isDirty;

    private StatCache(IFileSystem files, string path, TimeProvider time, Dictionary<string, Entry> entries)
        => (_files, _path, _time, _entries) = (files, path, time, entries);

    /// <summary>Reads the cache of a follower.</summary>
    internal static StatCache Load(EngineContext context)
    {
        var path = Path.Combine(context.Home.MachineStateFolder, "stat.cache");
        Dictionary<string, Entry>? entries = null;
        try
        {
            entries = AtomicFile.TryReadAllBytes(context.Files, path) is { } content ? Parse(content) : null;
        }
        catch (CodexportException error)
        {
            context.Trace?.Invoke($"The cache of file times is not used: {error.Message}");
        }

        return new StatCache(context.Files, path, context.Time, entries ?? new Dictionary<string, Entry>(StringComparer.Ordinal));
    }

    /// <summary>The hash of a file that is there, read only when its size or time is another than remembered.</summary>
    /// <param name="name">By what it is remembered.</param>
    /// <param name="entry">What stands there now; its path is read.</param>
    internal Sha256Hash HashOf(string name, FileEntry entry)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(name, out var known) && known == new Entry(known.Hash, entry.Size, entry.ModifiedTicks, entry.ChangedTicks))
            {
                return known.Hash;
            }
        }

        var now = _time.GetUtcNow().UtcTicks;
        var hash = TargetProbe.Hash(_files, entry.Path);
        if (!FreshTime.IsTooYoung(entry, now))
        {
            lock (_gate)
            {
                _entries[name] = new Entry(hash, entry.Size, entry.ModifiedTicks, entry.ChangedTicks);
                _isDirty = true;
            }
        }

        return hash;
    }

    /// <summary>Writes the cache when it learnt something. Failing to is not a failure of the sync.</summary>
    internal void Save(Action<string>? trace)
    {
        if (!_isDirty)
        {
            return;
        }

        try
        {
            AtomicFile.Write(_files, _path, Print(), FilePermission.Private);
            _isDirty = false;
        }
        catch (CodexportException error)
        {
            trace?.Invoke($"The cache of file times was not written: {error.Message}");
        }
    }

    private static Dictionary<string, Entry>? Parse(ReadOnlySpan<byte> content)
    {
        if (content.Length < 8 + Sha256Hash.Size || BinaryPrimitives.ReadUInt32LittleEndian(content) != Magic
            || Sha256Hash.Of(content[..^Sha256Hash.Size]) != new Sha256Hash(content[^Sha256Hash.Size..]))
        {
            return null;
        }

        // The hash at the end vouches for the form.
        var count = BinaryPrimitives.ReadInt32LittleEndian(content[4..]);
        var entries = new Dictionary<string, Entry>(count, StringComparer.Ordinal);
        var rest = content[8..];
        for (var index = 0; index < count; index++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            var name = Encoding.UTF8.GetString(rest.Slice(4, length));
            rest = rest[(4 + length)..];
            entries[name] = new Entry(
                new Sha256Hash(rest[..Sha256Hash.Size]),
                BinaryPrimitives.ReadInt64LittleEndian(rest[Sha256Hash.Size..]),
                BinaryPrimitives.ReadInt64LittleEndian(rest[(Sha256Hash.Size + 8)..]),
                BinaryPrimitives.ReadInt64LittleEndian(rest[(Sha256Hash.Size + 16)..]));
            rest = rest[FixedSize..];
        }

        return entries;
    }

    private byte[] Print()
    {
        using var stream = new MemoryStream(_entries.Count * 96);
        Span<byte> buffer = stackalloc byte[FixedSize];
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[4..], _entries.Count);
        stream.Write(buffer[..8]);
        foreach (var (name, entry) in _entries)
        {
            var bytes = Encoding.UTF8.GetBytes(name);
            BinaryPrimitives.WriteInt32LittleEndian(buffer, bytes.Length);
            stream.Write(buffer[..4]);
            stream.Write(bytes);
            entry.Hash.CopyTo(buffer);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[Sha256Hash.Size..], entry.Size);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[(Sha256Hash.Size + 8)..], entry.ModifiedTicks);
            BinaryPrimitives.WriteInt64LittleEndian(buffer[(Sha256Hash.Size + 16)..], entry.ChangedTicks);
            stream.Write(buffer);
        }

        Sha256Hash.Of(stream.GetBuffer().AsSpan(0, (int)stream.Length)).CopyTo(buffer);
        stream.Write(buffer[..Sha256Hash.Size]);
        return stream.ToArray();
    }

    private sealed record Entry(Sha256Hash Hash, long Size, long ModifiedTicks, long ChangedTicks);
}
