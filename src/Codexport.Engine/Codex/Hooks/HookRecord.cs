using System.Text.Json;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Codex.Hooks;

/// <summary>
/// How the hook was installed, <c>state/hook.json</c>, so that it can be taken out byte for byte. Without it the hook is still found and
/// taken out, only that the layout around it may come out a little different.
/// </summary>
/// <param name="Patches">The edit of each file, by its name.</param>
internal sealed record HookRecord(IReadOnlyDictionary<string, TextPatch> Patches)
{
    private const int SizeLimit = 16 * 1024 * 1024;

    /// <summary>Where it lies.</summary>
    public static string FileOf(CodexportHome home) => Path.Join(home.MachineStateFolder, "hook.json");

    /// <summary>Reads it; null when there is none or it is damaged.</summary>
    public static HookRecord? TryRead(EngineContext context)
    {
        try
        {
            if (AtomicFile.TryReadAllBytes(context.Files, FileOf(context.Home), SizeLimit) is not { } content)
            {
                return null;
            }

            using var json = JsonDocument.Parse(content);
            return new HookRecord(json.RootElement.GetProperty("patches").EnumerateObject().ToDictionary(
                item => item.Name,
                item => new TextPatch(
                    item.Value.GetProperty("existed").GetBoolean(),
                    item.Value.GetProperty("before").GetBytesFromBase64(),
                    item.Value.GetProperty("after").GetBytesFromBase64())));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            context.Trace?.Invoke($"'{FileOf(context.Home)}' is damaged and is not used: {error.Message}");
            return null;
        }
    }

    /// <summary>The record's bytes.</summary>
    public byte[] ToBytes()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("patches"u8);
            foreach (var (name, patch) in Patches)
            {
                json.WriteStartObject(name);
                json.WriteBoolean("existed"u8, patch.Existed);
                json.WriteBase64String("before"u8, patch.Before);
                json.WriteBase64String("after"u8, patch.After);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
