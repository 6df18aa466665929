using System.Globalization;
using System.Text.Json;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Paths;

namespace Codexport.Engine.Apply;

/// <summary>One file that a backup knows: its original, and what the transaction put in its place.</summary>
internal sealed record BackupEntry(string Path, TargetState Before, TargetState After, bool IsPrivate, long Size)
{
    /// <summary>Where the original led to, when it was a symbolic link and the transaction took its place; null for a file.</summary>
    public string? Link { get; init; }
}

/// <summary>What a backup holds; without it a backup's folder is an unfinished one.</summary>
internal sealed record BackupManifest(DateTimeOffset CreatedAt, string Label, IReadOnlyList<BackupEntry> Entries)
{
    private const int Format = 1;

    public byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            writer.WriteString("createdAt", CreatedAt.ToString("O", CultureInfo.InvariantCulture));
            writer.WriteString("label", Label);
            writer.WriteStartArray("files");
            foreach (var entry in Entries)
            {
                writer.WriteStartObject();
                writer.WriteString("path", entry.Path);
                WriteState(writer, "before", entry.Before);
                WriteState(writer, "after", entry.After);
                writer.WriteBoolean("private", entry.IsPrivate);
                writer.WriteNumber("size", entry.Size);
                if (entry.Link is not null)
                {
                    writer.WriteString("link", entry.Link);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Null when it is damaged or of another format.</summary>
    public static BackupManifest? Parse(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            return root.GetProperty("format").GetInt32() != Format
                ? null
                : new BackupManifest(
                    root.GetProperty("createdAt").GetDateTimeOffset(),
                    root.GetProperty("label").GetString() ?? "",
                    [.. root.GetProperty("files").EnumerateArray().Select(ReadEntry)]);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or CodexportException { Code: ErrorCode.PathInvalid })
        {
            return null;
        }
    }

    private static BackupEntry ReadEntry(JsonElement file)
    {
        var path = file.GetProperty("path").GetString() ?? "";
        SafePath.Require(path, SafePath.ThisPlatform);
        return new BackupEntry(
            path,
            ReadState(file, "before"),
            ReadState(file, "after"),
            file.GetProperty("private").GetBoolean(),
            file.GetProperty("size").GetInt64())
        {
            Link = file.TryGetProperty("link", out var link) ? link.GetString() : null,
        };
    }

    private static void WriteState(Utf8JsonWriter writer, string name, TargetState state)
    {
        if (state.Hash is { } hash)
        {
            writer.WriteStartObject(name);
            writer.WriteString("sha256", hash.ToString());
            writer.WriteBoolean("executable", state.IsExecutable);
            writer.WriteEndObject();
        }
    }

    private static TargetState ReadState(JsonElement file, string name)
        => file.TryGetProperty(name, out var state) && Sha256Hash.TryParse(state.GetProperty("sha256").GetString(), out var hash)
            ? new TargetState(hash, state.GetProperty("executable").GetBoolean())
            : TargetState.Absent;
}
