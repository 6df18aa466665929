using System.Buffers;
using System.Text;
using System.Text.Json;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Paths;

namespace Codexport.Engine.Apply;

/// <summary>
/// The record of a transaction on the disk: a line with format and SHA-256, then JSON. It lies first under the name of a preparation and
/// becomes the journal by a rename, which is the moment from which on the new revision wins.
/// </summary>
internal static class ApplyJournal
{
    private const int Format = 1;
    private const string Magic = "codexport-journal ";

    /// <summary>The preparation: everything in it is undone by a recovery.</summary>
    public static string PreparationFile(CodexportHome home) => Path.Combine(home.MachineStateFolder, "apply.prepare");

    /// <summary>The journal: everything in it is finished by a recovery.</summary>
    public static string JournalFile(CodexportHome home) => Path.Combine(home.MachineStateFolder, "apply.journal");

    /// <summary>The bytes of a record.</summary>
    public static byte[] Encode(ApplyRecord record)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            WriteRecord(writer, record);
        }

        var header = Encoding.ASCII.GetBytes($"{Magic}{Format} {Sha256Hash.Of(json.WrittenSpan)}\n");
        return [.. header, .. json.WrittenSpan];
    }

    /// <summary>Reads a record; null when it is damaged.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.StateDamaged"/> when a newer version wrote it.</exception>
    public static ApplyRecord? Parse(byte[] content, string path)
    {
        var end = Array.IndexOf(content, (byte)'\n');
        if (end < 0 || Encoding.ASCII.GetString(content, 0, end).Split(' ') is not [var magic, var format, var hash] || magic + " " != Magic)
        {
            return null;
        }

        if (format != "1")
        {
            throw new CodexportException(
                ErrorCode.StateDamaged,
                $"'{path}' was written by another version of Codexport, in format {SafePath.Printable(format)}.",
                "Update Codexport on this machine, then run the command again.",
                path);
        }

        var body = content.AsMemory(end + 1);
        if (!Sha256Hash.TryParse(hash, out var expected) || Sha256Hash.Of(body.Span) != expected)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            var record = ReadRecord(document.RootElement);
            return record.Steps.All(IsSound) && (record.StateTemporary is null || IsTemporary(record.StateTemporary)) ? record : null;
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            // The hash is right and the shape is not: as little can be relied on as in one that is torn.
            return null;
        }
    }

    // Whatever is deleted by a journal's word has a name that only Codexport gives.
    private static bool IsSound(ApplyStep step) => SafePath.Check(step.Change.Path, SafePath.ThisPlatform) is null
        && Enum.IsDefined(step.Change.Phase)
        && step.IsWrite == (step.Temporary is not null)
        && Path.IsPathFullyQualified(step.Target)
        && (step.Temporary is null || IsTemporary(step.Temporary));

    private static bool IsTemporary(string path) => Path.IsPathFullyQualified(path) && AtomicFile.IsTemporaryName(Path.GetFileName(path.AsSpan()));

    private static void WriteRecord(Utf8JsonWriter writer, ApplyRecord record)
    {
        writer.WriteStartObject();
        writer.WriteString("id", record.Id);
        writer.WriteString("codexFolder", record.CodexFolder);
        writer.WriteBoolean("abandoned", record.IsAbandoned);
        WriteOptional(writer, "backup", record.BackupName);
        WriteOptional(writer, "stateFile", record.StateFile);
        WriteOptional(writer, "stateTemporary", record.StateTemporary);
        WriteOptional(writer, "stateHash", record.StateHash?.ToString());
        writer.WriteStartArray("newFolders");
        foreach (var folder in record.NewFolders)
        {
            writer.WriteStringValue(folder);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("steps");
        foreach (var step in record.Steps)
        {
            WriteStep(writer, step);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter writer, ApplyStep step)
    {
        writer.WriteStartObject();
        writer.WriteString("path", step.Change.Path);
        writer.WriteNumber("phase", (int)step.Change.Phase);
        writer.WriteString("target", step.Target);
        WriteOptional(writer, "temporary", step.Temporary);
        WriteState(writer, "before", step.Change.Before);
        WriteState(writer, "after", step.Change.After);
        writer.WriteBoolean("credential", step.Change.IsCredential);
        writer.WriteBoolean("private", step.Change.IsPrivate);
        writer.WriteBoolean("followsLink", step.Change.FollowsLink);
        writer.WriteBoolean("replacesLink", step.Change.ReplacesLink);
        if (step.Change.Locks.Count > 0)
        {
            writer.WriteStartArray("locks");
            foreach (var name in step.Change.Locks)
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter writer, string name, TargetState state)
    {
        if (state.Hash is { } hash)
        {
            writer.WriteString(name, (state.IsExecutable ? "x" : "-") + hash);
        }
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static ApplyRecord ReadRecord(JsonElement root) => new()
    {
        Id = Text(root.GetProperty("id")),
        CodexFolder = Text(root.GetProperty("codexFolder")),
        IsAbandoned = root.GetProperty("abandoned").GetBoolean(),
        BackupName = Optional(root, "backup"),
        StateFile = Optional(root, "stateFile"),
        StateTemporary = Optional(root, "stateTemporary"),
        StateHash = Sha256Hash.TryParse(Optional(root, "stateHash"), out var hash) ? hash : null,
        NewFolders = [.. root.GetProperty("newFolders").EnumerateArray().Select(Text)],
        Steps = [.. root.GetProperty("steps").EnumerateArray().Select(ReadStep)],
    };

    private static ApplyStep ReadStep(JsonElement step) => new(
        new PlannedChange(
            Text(step.GetProperty("path")),
            (ApplyPhase)step.GetProperty("phase").GetInt32(),
            ReadState(step, "before"),
            ReadState(step, "after"))
        {
            IsCredential = step.GetProperty("credential").GetBoolean(),
            IsPrivate = step.GetProperty("private").GetBoolean(),
            // Earlier journals did not say it: their targets were judged when they were made, and are compared with what the link leads to.
            FollowsLink = !step.TryGetProperty("followsLink", out var follows) || follows.GetBoolean(),
            ReplacesLink = step.TryGetProperty("replacesLink", out var replaces) && replaces.GetBoolean(),
            Locks = step.TryGetProperty("locks", out var locks) ? [.. locks.EnumerateArray().Select(name => name.GetString()!)] : [],
        },
        Text(step.GetProperty("target")),
        Optional(step, "temporary"));

    private static TargetState ReadState(JsonElement step, string name)
        => Optional(step, name) is [var mode, .. var text] && Sha256Hash.TryParse(text, out var hash)
            ? new TargetState(hash, mode == 'x')
            : TargetState.Absent;

    private static string Text(JsonElement element) => element.GetString() ?? throw new FormatException("A text is missing.");

    private static string? Optional(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
