using System.Text;
using System.Text.Json;
using Codexport.Engine;

namespace Codexport.Cli.Rendering;

/// <summary>The one line with which a hook tells the person something: Codex shows it and keeps it from the model.</summary>
internal static class SystemMessage
{
    /// <summary>What a line tells, for a terminal.</summary>
    public static string TextOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return Text.Printable(json.RootElement.GetProperty("systemMessage").GetString()!);
    }

    /// <summary>The line for an error that a quick sync could not handle itself.</summary>
    public static string For(Exception error)
    {
        var message = error is CodexportException known
            ? $"Codexport: {known.Message} {known.Remedy}"
            : $"Codexport: the sync failed ({error.GetType().Name}). Run 'codexport sync' to see why.";
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("systemMessage"u8, message);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
