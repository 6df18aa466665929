using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Codex.Checking;

/// <summary>
/// The last verdicts by content hash, <c>state/startup-checks.json</c>. When it is lost or damaged, Codex is merely asked once more.
/// </summary>
internal sealed class VerdictMemory(EngineContext context)
{
    private const int Kept = 32;
    private const int SizeLimit = 1024 * 1024;

    private string File => Path.Join(context.Home.MachineStateFolder, "startup-checks.json");

    /// <summary>The verdict for a key; null when none is known.</summary>
    public ConfigurationVerdict? Find(string key)
        => Read().Where(entry => entry.Key == key).Select(entry => entry.Value).FirstOrDefault();

    /// <summary>Remembers a verdict as the newest.</summary>
    public void Keep(string key, ConfigurationVerdict verdict)
    {
        var entries = Read().Where(entry => entry.Key != key).Prepend(new(key, verdict)).Take(Kept);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var entry in entries)
            {
                Write(json, entry.Key, entry.Value);
            }

            json.WriteEndArray();
        }

        context.Files.CreateDirectory(context.Home.MachineStateFolder, FilePermission.Private);
        AtomicFile.Write(context.Files, File, buffer.ToArray(), FilePermission.Private);
    }

    private static void Write(Utf8JsonWriter json, string key, ConfigurationVerdict verdict)
    {
        json.WriteStartObject();
        json.WriteString("content"u8, key);
        json.WriteBoolean("accepted"u8, verdict.IsAccepted);
        if (verdict.Problem is { } problem)
        {
            json.WriteString("file"u8, problem.File);
            if (problem is { Line: { } line, Column: { } column })
            {
                json.WriteNumber("line"u8, line);
                json.WriteNumber("column"u8, column);
            }

            json.WriteString("key"u8, problem.Key);
            json.WriteString("detail"u8, problem.Detail);
        }

        json.WriteEndObject();
    }

    private List<KeyValuePair<string, ConfigurationVerdict>> Read()
    {
        try
        {
            if (AtomicFile.TryReadAllBytes(context.Files, File, SizeLimit) is not { } content)
            {
                return [];
            }

            using var json = JsonDocument.Parse(content);
            return [.. json.RootElement.EnumerateArray().Select(Read)];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or CodexportException)
        {
            context.Trace?.Invoke($"'{File}' is not readable and is begun anew: {error.Message}");
            return [];
        }
    }

    private static KeyValuePair<string, ConfigurationVerdict> Read(JsonElement entry)
    {
        var problem = entry.GetProperty("accepted").GetBoolean() ? null : new ConfigurationProblem(
            entry.GetProperty("file").GetString()!,
            entry.TryGetProperty("line", out var line) ? line.GetInt32() : null,
            entry.TryGetProperty("column", out var column) ? column.GetInt32() : null,
            entry.GetProperty("key").GetString(),
            entry.GetProperty("detail").GetString()!);
        return new(entry.GetProperty("content").GetString()!, new ConfigurationVerdict(IsByCodex: true, problem));
    }
}
