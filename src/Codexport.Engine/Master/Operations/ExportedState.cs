using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Operations;

/// <summary>
/// What a master is besides its key: without it, taking a lost master's place would mean to enrol every follower anew. Holds the invite and
/// the hashes of the followers' credentials, so it travels encrypted.
/// </summary>
internal sealed record ExportedState
{
    private const int MaxExpanded = 192 << 20;

    /// <summary>The followers.</summary>
    public IReadOnlyList<FollowerRecord> Followers { get; init; } = [];

    /// <summary>The invite in force; null for none.</summary>
    public string? Invite { get; init; }

    /// <summary>The statements of changed keys.</summary>
    public byte[] Rotations { get; init; } = [];

    /// <summary>The newest head's sequence; 0 when nothing was published.</summary>
    public long Sequence { get; init; }

    /// <summary>The newest revision; null when nothing was published.</summary>
    public PublishedRevision? Newest { get; init; }

    /// <summary>
    /// That revision's document: with it the new machine notices when its Codex home lacks what the followers have, and publishes nothing
    /// before a person has said that this is meant.
    /// </summary>
    public byte[]? Document { get; init; }

    /// <summary><c>port</c> of the settings.</summary>
    public int Port { get; init; } = ProtocolConstants.DefaultPort;

    /// <summary><c>admission</c> of the settings.</summary>
    public Admission Admission { get; init; }

    /// <summary><c>allow</c> of the settings.</summary>
    public IReadOnlyList<string> AllowedPeers { get; init; } = [];

    /// <summary>The state as compressed JSON.</summary>
    public byte[] Print()
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("followers"u8, FollowerBookFile.Print([.. Followers]));
            json.WriteString("invite"u8, Invite);
            json.WriteString("rotations"u8, Rotations);
            json.WriteNumber("sequence"u8, Sequence);
            json.WriteNumber("port"u8, Port);
            json.WriteString("admission"u8, Admission.ToString());
            json.WriteStartArray("allow"u8);
            foreach (var peer in AllowedPeers)
            {
                json.WriteStringValue(peer);
            }

            json.WriteEndArray();
            if (Newest is not null && Document is not null)
            {
                json.WriteString("publishedAt"u8, Newest.PublishedAt);
                json.WriteNumber("publishedAs"u8, Newest.Sequence);
                json.WriteString("document"u8, Document);
            }

            json.WriteEndObject();
        }

        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest))
        {
            brotli.Write(buffer.WrittenSpan);
        }

        return packed.ToArray();
    }

    /// <summary>Reads what <see cref="Print"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static ExportedState Parse(byte[] packed)
    {
        try
        {
            using var json = JsonDocument.Parse(Expand(packed));
            return Read(json.RootElement);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or InvalidDataException
            or CodexportException)
        {
            throw new JsonException("The state is malformed.", error);
        }
    }

    private static ExportedState Read(JsonElement root)
    {
        var state = new ExportedState
        {
            Followers = FollowerBookFile.Parse(Utf8(root.GetProperty("followers"))),
            Invite = root.GetProperty("invite").GetString(),
            Rotations = Utf8(root.GetProperty("rotations")),
            Sequence = root.GetProperty("sequence").GetInt64(),
            Port = root.GetProperty("port").GetInt32() is >= 1 and <= 65535 and var port ? port : ProtocolConstants.DefaultPort,
            Admission = Enum.TryParse<Admission>(root.GetProperty("admission").GetString(), out var admission) ? admission : default,
            AllowedPeers = [.. root.GetProperty("allow").EnumerateArray().Select(item => item.GetString() ?? string.Empty)],
        };
        if (!root.TryGetProperty("document", out var text))
        {
            return state;
        }

        var document = Utf8(text);
        _ = RevisionCodec.Read(document);
        return state with
        {
            Document = document,
            Newest = new PublishedRevision(
                RevisionCodec.RevisionOf(document), root.GetProperty("publishedAs").GetInt64(), root.GetProperty("publishedAt").GetDateTimeOffset()),
        };
    }

    private static byte[] Utf8(JsonElement text) => System.Text.Encoding.UTF8.GetBytes(text.GetString() ?? string.Empty);

    private static byte[] Expand(byte[] packed)
    {
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (var count = brotli.Read(buffer); count > 0; count = brotli.Read(buffer))
        {
            all.Write(buffer, 0, count);
            if (all.Length > MaxExpanded)
            {
                throw new InvalidDataException("The state is too long.");
            }
        }

        return all.ToArray();
    }
}
