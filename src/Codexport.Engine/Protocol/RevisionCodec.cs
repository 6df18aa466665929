using System.Buffers;
using System.Text.Json;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Protocol;

/// <summary>
/// Writes and reads revision documents as canonical JSON: keys sorted, no white space, nothing escaped that JSON lets stand (followers and
/// masters of any version must compute the same hash). Reading accepts exactly the canonical form: it writes what it read and compares.
/// </summary>
public static class RevisionCodec
{
    private static readonly JsonWriterOptions Canonical = new() { Encoder = CanonicalJsonEncoder.Instance };

    /// <summary>The document's canonical bytes.</summary>
    public static byte[] Write(RevisionDocument document)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + (document.Files.Count * 160));
        using (var json = new Utf8JsonWriter(buffer, Canonical))
        {
            json.WriteStartObject();
            WriteFiles(json, document.Files);
            json.WriteNumber("format"u8, document.LeastFormat);
            WriteTail(json, document);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The revision that a document's canonical bytes are.</summary>
    public static Sha256Hash RevisionOf(ReadOnlySpan<byte> canonical) => Sha256Hash.Of(canonical);

    /// <summary>Reads a document whose hash the caller has already checked.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ProtocolViolation"/> or <see cref="ErrorCode.ProtocolVersion"/>.</exception>
    public static RevisionDocument Read(ReadOnlyMemory<byte> canonical) => Guard(() =>
    {
        using var json = Parse(canonical);
        var root = json.RootElement;
        CheckFormat(root);
        var document = new RevisionDocument(ReadFiles(root), ReadTrustedHooks(root), ReadPlatforms(root));
        return Write(document).AsSpan().SequenceEqual(canonical.Span) ? document : throw Malformed("it is not in canonical form");
    });

    /// <summary>
    /// What turns <paramref name="from"/> into <paramref name="to"/>: the files that are new or differ, the paths that are gone, and the
    /// small rest whole.
    /// </summary>
    public static byte[] WriteDelta(RevisionDocument from, RevisionDocument to)
    {
        var old = from.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        var changed = to.Files.Where(file => !old.TryGetValue(file.Path, out var before) || before != file);
        var kept = to.Files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Canonical))
        {
            json.WriteStartObject();
            WriteFiles(json, changed);
            json.WriteNumber("format"u8, to.LeastFormat);
            json.WriteStartArray("removed"u8);
            foreach (var file in from.Files.Where(file => !kept.Contains(file.Path)))
            {
                json.WriteStringValue(file.Path);
            }

            json.WriteEndArray();
            WriteTail(json, to);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Rebuilds a document from the one that the follower has. The caller checks the hash of the result.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.ProtocolViolation"/> or <see cref="ErrorCode.ProtocolVersion"/>.</exception>
    public static RevisionDocument ApplyDelta(RevisionDocument from, ReadOnlyMemory<byte> delta) => Guard(() =>
    {
        using var json = Parse(delta);
        var root = json.RootElement;
        CheckFormat(root);
        var files = from.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
        foreach (var path in Get(root, "removed", JsonValueKind.Array).EnumerateArray())
        {
            files.Remove(Text(path));
        }

        foreach (var file in ReadFiles(root))
        {
            files[file.Path] = file;
        }

        return new RevisionDocument(files.Values, ReadTrustedHooks(root), ReadPlatforms(root));
    });

    // Whatever else cannot be read (a member's name that is no Unicode text, a path that comes twice) is the document's fault as well.
    private static RevisionDocument Guard(Func<RevisionDocument> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            throw Malformed("it cannot be read", error);
        }
    }

    private static void WriteFiles(Utf8JsonWriter json, IEnumerable<RevisionFile> files)
    {
        Span<char> digits = stackalloc char[2 * Sha256Hash.Size];
        json.WriteStartArray("files"u8);
        foreach (var file in files)
        {
            json.WriteStartObject();
            json.WriteString("mode"u8, file.IsExecutable ? "executable"u8 : "file"u8);
            json.WriteString("path"u8, file.Path);
            file.Hash.Format(digits);
            json.WriteString("sha256"u8, digits);
            json.WriteNumber("size"u8, file.Size);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTail(Utf8JsonWriter json, RevisionDocument document)
    {
        json.WriteStartObject("platforms"u8);
        foreach (var (name, text) in document.Platforms)
        {
            json.WriteString(name, text);
        }

        json.WriteEndObject();
        json.WriteStartArray("trustedHooks"u8);
        foreach (var hash in document.TrustedHooks)
        {
            json.WriteStringValue(hash);
        }

        json.WriteEndArray();
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 8 });
        }
        catch (JsonException error)
        {
            throw Malformed("it is no JSON", error);
        }
    }

    private static void CheckFormat(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Malformed("it is no JSON object");
        }

        if (!Get(root, "format", JsonValueKind.Number).TryGetInt32(out var format)
            || format is not (RevisionDocument.Format or RevisionDocument.FormatWithMoreRoots))
        {
            throw new CodexportException(
                ErrorCode.ProtocolVersion,
                $"The master publishes revisions of another format than {RevisionDocument.Format} and {RevisionDocument.FormatWithMoreRoots}, which this follower reads.",
                "Update Codexport on the side that has the older version; 'codexport --version' tells.");
        }
    }

    private static IEnumerable<RevisionFile> ReadFiles(JsonElement root)
    {
        foreach (var item in Get(root, "files", JsonValueKind.Array).EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object
                || !Sha256Hash.TryParse(Text(Get(item, "sha256", JsonValueKind.String)), out var hash)
                || !Get(item, "size", JsonValueKind.Number).TryGetInt64(out var size)
                || size < 0)
            {
                throw Malformed("a file entry is malformed");
            }

            var mode = Text(Get(item, "mode", JsonValueKind.String));
            var isExecutable = mode == "executable" || (mode == "file" ? false : throw Malformed("a file mode is unknown"));
            yield return new RevisionFile(Text(Get(item, "path", JsonValueKind.String)), isExecutable, size, hash);
        }
    }

    private static List<string> ReadTrustedHooks(JsonElement root)
        => [.. Get(root, "trustedHooks", JsonValueKind.Array).EnumerateArray().Select(Text)];

    private static Dictionary<string, string> ReadPlatforms(JsonElement root)
    {
        var platforms = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in Get(root, "platforms", JsonValueKind.Object).EnumerateObject())
        {
            platforms[item.Name] = Text(item.Value);
        }

        return platforms;
    }

    private static JsonElement Get(JsonElement parent, string name, JsonValueKind kind)
        => parent.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : throw Malformed($"'{name}' is missing or of the wrong type");

    private static string Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Malformed("a value is not a string");
        }
        catch (InvalidOperationException error)
        {
            // An unpaired surrogate escape is valid JSON syntax and no text.
            throw Malformed("a string is no Unicode text", error);
        }
    }

    private static CodexportException Malformed(string what, Exception? inner = null) => new(
        ErrorCode.ProtocolViolation,
        $"The master's revision document was refused: {what}.",
        "Nothing was changed. Update Codexport on both sides; if it lasts, look into the master's log.",
        inner: inner);
}
