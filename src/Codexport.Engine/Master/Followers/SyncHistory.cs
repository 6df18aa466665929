using System.Text.Json;
using System.Text.Json.Serialization;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Followers;

/// <summary>
/// The last syncs of each follower, <c>master/syncs.json</c>, for people to look at. The serving master alone writes it; nothing is decided
/// by it, so it is not flushed to the disk with every sync, and a damaged one begins anew.
/// </summary>
public sealed class SyncHistory(EngineContext context)
{
    /// <summary>Syncs that are kept of a follower.</summary>
    public const int Kept = 20;

    private const int Format = 1;
    private const int MaxFileSize = 64 << 20;

    private readonly Lock _gate = new();
    private Dictionary<string, List<SyncEntry>>? _entries;
    private bool _isChanged;

    /// <summary>Where it lies.</summary>
    public static string PathOf(EngineContext context) => Path.Combine(context.Home.MasterFolder, "syncs.json");

    /// <summary>Notes that a follower applied a revision, or failed.</summary>
    /// <param name="id">The follower.</param>
    /// <param name="revision">What it applied; null when it failed.</param>
    /// <param name="bytes">What it was sent for it.</param>
    /// <param name="error">The error that it reported; null when it applied.</param>
    public void Note(string id, string? revision, long bytes, string? error)
    {
        lock (_gate)
        {
            var entries = _entries ??= Read();
            if (!entries.TryGetValue(id, out var own))
            {
                entries[id] = own = [];
            }

            own.Add(new SyncEntry(context.Time.GetUtcNow().ToUnixTimeSeconds(), revision, bytes, error));
            own.RemoveRange(0, Math.Max(0, own.Count - Kept));
            _isChanged = true;
        }
    }

    /// <summary>The last syncs of each follower that has any, oldest first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<FollowerSync>> List()
    {
        lock (_gate)
        {
            return (_entries ?? Read()).ToDictionary(
                pair => pair.Key, pair => (IReadOnlyList<FollowerSync>)[.. pair.Value.Select(entry => entry.ToSync())], StringComparer.Ordinal);
        }
    }

    /// <summary>Writes what was noted, without those that are in the book no more.</summary>
    public void Flush(IReadOnlyCollection<string> followers)
    {
        ArgumentNullException.ThrowIfNull(followers);
        byte[] content;
        lock (_gate)
        {
            if (!_isChanged || _entries is not { } entries)
            {
                return;
            }

            foreach (var gone in entries.Keys.Except(followers, StringComparer.Ordinal).ToList())
            {
                entries.Remove(gone);
            }

            content = JsonSerializer.SerializeToUtf8Bytes(new SyncFile(Format, entries), SyncFileContext.Default.SyncFile);
            _isChanged = false;
        }

        SetAside.IfNotFile(context, PathOf(context));
        AtomicFile.Write(context.Files, PathOf(context), content, FilePermission.Private);
    }

    private Dictionary<string, List<SyncEntry>> Read()
    {
        try
        {
            return context.Files.TryGetEntry(PathOf(context)) is { Kind: EntryKind.File, Size: <= MaxFileSize }
                && AtomicFile.TryReadAllBytes(context.Files, PathOf(context), MaxFileSize) is { } content
                && JsonSerializer.Deserialize(content, SyncFileContext.Default.SyncFile) is { Version: Format, Followers: not null } file
                && file.Followers.All(pair => pair.Value is not null && pair.Value.All(entry => entry is not null))
                ? new Dictionary<string, List<SyncEntry>>(file.Followers, StringComparer.Ordinal)
                : [];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException or CodexportException)
        {
            context.Trace?.Invoke($"The history of syncs begins anew: {error.Message}");
            return [];
        }
    }
}

/// <summary>A sync as the file has it.</summary>
/// <param name="At">Unix seconds.</param>
/// <param name="Revision">What was applied.</param>
/// <param name="Bytes">What was sent for it.</param>
/// <param name="Error">What failed.</param>
internal sealed record SyncEntry(long At, string? Revision, long Bytes, string? Error)
{
    private const long LastSecond = 253_402_300_799;

    /// <summary>As people see it.</summary>
    public FollowerSync ToSync() => new(DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(At, 0, LastSecond)).LocalDateTime, Revision, Bytes, Error);
}

/// <summary>The whole of <c>syncs.json</c>.</summary>
/// <param name="Version">Format of the file.</param>
/// <param name="Followers">By id, oldest first.</param>
internal sealed record SyncFile(int Version, Dictionary<string, List<SyncEntry>> Followers);

/// <summary>Reads and writes <see cref="SyncFile"/> without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SyncFile))]
internal sealed partial class SyncFileContext : JsonSerializerContext;
