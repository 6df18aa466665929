using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Publishing;

/// <summary>The order of the kept revisions, newest last: <c>revisions/index.json</c>.</summary>
/// <param name="Revisions">The kept revisions.</param>
/// <param name="DroppedSincePrune">How many revisions were dropped since contents were pruned.</param>
internal sealed record PublicationIndex(IReadOnlyList<PublishedRevision> Revisions, int DroppedSincePrune)
{
    private const int MaxSize = 1 << 20;

    /// <summary>The newest; null when nothing is published.</summary>
    public PublishedRevision? Newest => Revisions.Count == 0 ? null : Revisions[^1];

    /// <summary>A kept publication; null when it is not kept.</summary>
    public PublishedRevision? Find(long sequence) => Revisions.FirstOrDefault(published => published.Sequence == sequence);

    /// <summary>Another text whenever anybody publishes or prunes: a prune sets the count of what was dropped back.</summary>
    public string Mark => string.Create(CultureInfo.InvariantCulture, $"{Newest?.Revision} {Newest?.Sequence} {DroppedSincePrune}");

    /// <summary>Reads the index; empty when there is none.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>.</exception>
    public static PublicationIndex Read(IFileSystem files, string path)
    {
        if (files.TryGetEntry(path) is not { } entry)
        {
            return new PublicationIndex([], 0);
        }

        try
        {
            var content = entry.Kind == EntryKind.File && entry.Size <= MaxSize
                ? AtomicFile.ReadAllBytes(files, path, MaxSize)
                : throw new FormatException("It is no file of the right size.");
            using var json = JsonDocument.Parse(content);
            var revisions = json.RootElement.GetProperty("revisions").EnumerateArray().Select(ReadRevision).ToList();
            return new PublicationIndex(revisions, json.RootElement.GetProperty("droppedSincePrune").GetInt32());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new CodexportException(
                ErrorCode.StateDamaged,
                $"The list of published revisions, '{path}', is damaged.",
                "Run 'codexport master rebuild', which writes it anew; followers then fetch the next revision whole.",
                path,
                error);
        }
    }

    /// <summary>The index with one more publication, and without the revisions that are no longer kept.</summary>
    /// <param name="published">The publication.</param>
    /// <param name="kept">How many are kept.</param>
    /// <param name="pinned">Publications that stay whatever their age, by sequence: a ring has them.</param>
    public PublicationIndex With(PublishedRevision published, int kept, IReadOnlySet<long>? pinned = null)
    {
        var all = Revisions.Where(revision => pinned?.Contains(revision.Sequence) == true || !revision.HasContentOf(published)).Append(published).ToList();
        var old = all.Take(Math.Max(0, all.Count - Math.Max(kept, 1))).Where(revision => pinned?.Contains(revision.Sequence) != true).ToHashSet();
        return new PublicationIndex([.. all.Where(revision => !old.Contains(revision))], DroppedSincePrune + old.Count);
    }

    /// <summary>Writes the index.</summary>
    public void Write(IFileSystem files, string path)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("droppedSincePrune"u8, DroppedSincePrune);
            json.WriteStartArray("revisions"u8);
            foreach (var revision in Revisions)
            {
                json.WriteStartObject();
                if (revision.Groups.Count > 0)
                {
                    json.WriteStartObject("groups"u8);
                    foreach (var (name, group) in revision.Groups)
                    {
                        json.WriteString(name, group.ToString());
                    }

                    json.WriteEndObject();
                }

                json.WriteString("publishedAt"u8, revision.PublishedAt);
                json.WriteString("revision"u8, revision.Revision.ToString());
                json.WriteNumber("sequence"u8, revision.Sequence);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        AtomicFile.Write(files, path, buffer.WrittenSpan, FilePermission.Private);
    }

    private static PublishedRevision ReadRevision(JsonElement json)
        => Sha256Hash.TryParse(json.GetProperty("revision").GetString(), out var revision)
            ? new PublishedRevision(revision, json.GetProperty("sequence").GetInt64(), json.GetProperty("publishedAt").GetDateTimeOffset())
            {
                Groups = json.TryGetProperty("groups", out var groups) ? ReadGroups(groups) : PublishedRevision.NoGroups,
            }
            : throw new FormatException("A revision is no hash.");

    private static Dictionary<string, Sha256Hash> ReadGroups(JsonElement json)
        => json.EnumerateObject().ToDictionary(
            member => member.Name,
            member => Sha256Hash.TryParse(member.Value.GetString(), out var revision) ? revision : throw new FormatException("A group's revision is no hash."),
            StringComparer.Ordinal);
}
