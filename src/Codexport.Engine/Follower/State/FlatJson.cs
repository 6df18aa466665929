using System.Buffers;
using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Follower.State;

/// <summary>
/// The shape of all small state files: one JSON object of strings, whole numbers, booleans and lists of strings. Read and written by hand,
/// because the hook's check is measured in single milliseconds and a serializer costs more than the check itself.
/// </summary>
internal static class FlatJson
{
    private const int MaxSize = 64 * 1024;

    /// <summary>Takes one field; the reader stands on its value.</summary>
    public delegate void FieldReader(string name, ref Utf8JsonReader value);

    /// <summary>Reads a file.</summary>
    /// <returns>False when there is no such file.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/>.</exception>
    public static bool TryRead(IFileSystem files, string path, FieldReader field)
    {
        if (files.TryGetEntry(path) is not { Kind: EntryKind.File })
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(AtomicFile.ReadAllBytes(files, path, MaxSize));
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                field(name, ref reader);
            }

            return true;
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            throw Damaged(path, error);
        }
    }

    /// <summary>Writes one object.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        fields(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a list of strings; the reader stands on its beginning and ends on its end.</summary>
    public static List<string> ReadList(ref Utf8JsonReader reader)
    {
        var list = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            list.Add(reader.GetString()!);
        }

        return list;
    }

    /// <summary>Writes a list of strings.</summary>
    public static void WriteList(this Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes a time as Unix milliseconds; nothing when there is none.</summary>
    public static void WriteTime(this Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } value)
        {
            json.WriteNumber(name, value.ToUnixTimeMilliseconds());
        }
    }

    /// <summary>Reads what <see cref="WriteTime"/> wrote.</summary>
    public static DateTimeOffset ReadTime(ref Utf8JsonReader reader)
    {
        var milliseconds = reader.GetInt64();
        return milliseconds is >= 0 and <= 253402300799999
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw new FormatException("A time is out of range.");
    }

    /// <summary>The error for a state file that does not read.</summary>
    public static CodexportException Damaged(string path, Exception? inner = null) => new(
        ErrorCode.StateDamaged,
        $"The state file '{path}' is damaged.",
        "Run 'codexport follower leave', then join again with the master's link; the files in the Codex home stay.",
        path,
        inner);
}
