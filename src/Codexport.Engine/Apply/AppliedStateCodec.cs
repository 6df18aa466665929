using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;

namespace Codexport.Engine.Apply;

/// <summary>
/// Reads and writes <c>state/applied.json</c>. By hand and flat, because every sync reads it: a file is an array of path, hash, flags,
/// size and time.
/// </summary>
internal static class AppliedStateCodec
{
    /// <summary>The format that this version writes and reads.</summary>
    public const int Version = 1;

    private const int ExecutableFlag = 1;
    private const int CredentialFlag = 2;

    /// <summary>Absolute path of the state of <paramref name="home"/>.</summary>
    public static string FilePath(CodexportHome home)
    {
        ArgumentNullException.ThrowIfNull(home);
        return Path.Combine(home.MachineStateFolder, "applied.json");
    }

    /// <summary>The state on disk; null when nothing was applied yet.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/> when the file is not what was once written.</exception>
    public static AppliedState? TryLoad(IFileSystem files, CodexportHome home)
    {
        ArgumentNullException.ThrowIfNull(files);
        var path = FilePath(home);
        return files.TryGetEntry(path)?.Kind switch
        {
            null => null,
            EntryKind.File => Read(AtomicFile.ReadAllBytes(files, path), path),
            EntryKind.SymbolicLink => throw Damaged(path, "it is a symbolic link"),
            _ => throw Damaged(path, "it is not a file"),
        };
    }

    /// <summary>The bytes of <paramref name="state"/>.</summary>
    public static byte[] Write(AppliedState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var buffer = new ArrayBufferWriter<byte>(256 + (state.Files.Count * 160));
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = CanonicalJsonEncoder.Instance, SkipValidation = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("version"u8, Version);
            json.WriteString("revision"u8, state.Revision.ToString());
            json.WriteString("appliedAt"u8, state.AppliedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("overlay"u8, state.OverlayHash.ToString());
            json.WriteStartObject("generated"u8);
            foreach (var (path, text) in state.GeneratedTexts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteString(path, text);
            }

            json.WriteEndObject();
            json.WriteStartArray("files"u8);
            foreach (var file in state.Files)
            {
                WriteFile(json, file);
            }

            json.WriteEndArray();
            if (state.Waiting.Count > 0)
            {
                json.WriteList("waiting", state.Waiting);
            }

            if (state.Seen is { } seen)
            {
                json.WriteStartArray("seen"u8);
                json.WriteStringValue(seen.Pin);
                json.WriteNumberValue(seen.Sequence);
                json.WriteStringValue(seen.Revision.ToString());
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="path">Its path, for the error.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>.</exception>
    public static AppliedState Read(ReadOnlySpan<byte> content, string path)
    {
        try
        {
            return ReadState(content, path);
        }
        catch (Exception error) when (FlatJson.IsParseError(error))
        {
            throw Damaged(path, "it is cut off or was changed by hand", error);
        }
    }

    private static AppliedState ReadState(ReadOnlySpan<byte> content, string path)
    {
        var reader = new Utf8JsonReader(content);
        var version = 0;
        Sha256Hash? revision = null, overlay = null;
        DateTimeOffset? appliedAt = null;
        Dictionary<string, string>? generated = null;
        List<AppliedFile>? files = null;
        SeenHead? seen = null;
        List<string> waiting = [];
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException();
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "version": version = reader.GetInt32(); break;
                case "revision": revision = ReadHash(ref reader); break;
                case "overlay": overlay = ReadHash(ref reader); break;
                case "appliedAt": appliedAt = reader.GetDateTimeOffset(); break;
                case "generated": generated = ReadTexts(ref reader); break;
                case "files": files = ReadFiles(ref reader); break;
                case "waiting": waiting = FlatJson.ReadList(ref reader); break;
                case "seen": seen = ReadSeen(ref reader); break;
                default: reader.Skip(); break;
            }
        }

        if (reader.TokenType != JsonTokenType.EndObject || reader.Read())
        {
            throw new FormatException();
        }

        return version == Version && revision is not null && overlay is not null && appliedAt is not null && generated is not null && files is not null
            ? new AppliedState
            {
                Revision = revision.Value,
                AppliedAt = appliedAt.Value,
                OverlayHash = overlay.Value,
                GeneratedTexts = generated,
                Files = files,
                Seen = seen,
                Waiting = waiting,
            }
            : throw Damaged(path, version is 0 or Version ? "it lacks a field" : $"it has format {version} and this version reads format {Version}");
    }

    private static void WriteFile(Utf8JsonWriter json, AppliedFile file)
    {
        json.WriteStartArray();
        json.WriteStringValue(file.Path);
        json.WriteStringValue(file.Hash.ToString());
        json.WriteNumberValue((file.IsExecutable ? ExecutableFlag : 0) | (file.IsCredential ? CredentialFlag : 0));
        json.WriteNumberValue(file.Size);
        json.WriteNumberValue(file.ModifiedTicks);
        json.WriteEndArray();
    }

    private static SeenHead ReadSeen(ref Utf8JsonReader reader)
    {
        Require(ref reader, JsonTokenType.StartArray, isNext: false);
        reader.Read();
        var pin = reader.GetString() ?? throw new FormatException();
        reader.Read();
        var sequence = reader.GetInt64();
        reader.Read();
        var seen = new SeenHead(pin, sequence, ReadHash(ref reader));
        Require(ref reader, JsonTokenType.EndArray, isNext: true);
        return seen;
    }

    private static void Require(ref Utf8JsonReader reader, JsonTokenType token, bool isNext)
    {
        if ((isNext && !reader.Read()) || reader.TokenType != token)
        {
            throw new FormatException();
        }
    }

    private static List<AppliedFile> ReadFiles(ref Utf8JsonReader reader)
    {
        Require(ref reader, JsonTokenType.StartArray, isNext: false);
        var files = new List<AppliedFile>();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            reader.Read();
            var path = reader.GetString() ?? throw new FormatException();
            _ = SafePath.Check(path, SafePath.ThisPlatform) is { } wrong ? throw new FormatException(wrong) : path;
            reader.Read();
            var hash = ReadHash(ref reader);
            reader.Read();
            var flags = reader.GetInt32();
            reader.Read();
            var size = reader.GetInt64();
            reader.Read();
            var ticks = reader.GetInt64();
            Require(ref reader, JsonTokenType.EndArray, isNext: true);
            files.Add(new AppliedFile(path, hash, (flags & ExecutableFlag) != 0, size, ticks, (flags & CredentialFlag) != 0));
        }

        Require(ref reader, JsonTokenType.EndArray, isNext: false);
        return files;
    }

    private static Dictionary<string, string> ReadTexts(ref Utf8JsonReader reader)
    {
        Require(ref reader, JsonTokenType.StartObject, isNext: false);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var path = reader.GetString()!;
            reader.Read();
            texts[path] = reader.GetString() ?? throw new FormatException();
        }

        return texts;
    }

    private static Sha256Hash ReadHash(ref Utf8JsonReader reader)
    {
        Span<byte> bytes = stackalloc byte[Sha256Hash.Size];
        return reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length == 2 * Sha256Hash.Size
            && Convert.FromHexString(reader.ValueSpan, bytes, out _, out var written) == OperationStatus.Done && written == Sha256Hash.Size
            ? new Sha256Hash(bytes)
            : throw new FormatException();
    }

    private static CodexportException Damaged(string path, string what, Exception? inner = null) => new(
        ErrorCode.StateDamaged,
        $"The record of what was last applied, {path}, cannot be used: {what}.",
        "Run 'codexport sync --apply --adopt': files that equal the master's are taken over as they are, others are backed up first.",
        path,
        inner);
}
