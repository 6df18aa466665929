using System.Buffers;
using System.Text.Json;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Platform.Files;

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
    /// <returns>False when nothing stands there.</returns>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.StateDamaged"/> when the content is not what was written, or a link or folder stands in the file's place: a state
    /// file that is there counts, or it is an error; it is never taken for one that was not written yet.
    /// </exception>
    public static bool TryRead(IFileSystem files, string path, FieldReader field)
    {
        switch (files.TryGetEntry(path)?.Kind)
        {
            case null:
                return false;
            case EntryKind.File:
                break;
            case var kind:
                throw Damaged(path, kind == EntryKind.SymbolicLink ? "it is a symbolic link" : "it is not a file");
        }

        try
        {
            Read(AtomicFile.ReadAllBytes(files, path, MaxSize), field);
            return true;
        }
        catch (CodexportException error) when (error.Code == ErrorCode.LimitExceeded)
        {
            throw Damaged(path, "it is far too long", error);
        }
        catch (Exception error) when (IsParseError(error))
        {
            throw Damaged(path, "its content is not what Codexport wrote", error);
        }
    }

    /// <summary>Whether an exception is one that reading malformed JSON throws: its syntax, a value of another type or out of range, a string that is not text.</summary>
    public static bool IsParseError(Exception error)
        => error is JsonException or FormatException or InvalidOperationException or OverflowException or ArgumentException or KeyNotFoundException;

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
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new FormatException("A list is expected.");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Add(reader.GetString() ?? throw new FormatException("A list holds something else than strings."));
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
    public static CodexportException Damaged(string path, string what, Exception? inner = null) => new(
        ErrorCode.StateDamaged,
        $"The state file '{path}' cannot be used: {what}.",
        "Join again with the master's link ('codexport follower join LINK'), which writes it anew; the files in the Codex home stay.",
        path,
        inner);

    private static void Read(byte[] content, FieldReader field)
    {
        var reader = new Utf8JsonReader(content);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("An object is expected.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            field(name, ref reader);
        }

        if (reader.TokenType != JsonTokenType.EndObject || reader.Read())
        {
            throw new FormatException("The object does not end where it should.");
        }
    }
}
