using System.Buffers;
using System.Text;
using System.Text.Json;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Follower.Operations;

/// <summary>The one line with which a hook tells the person something: Codex shows it and keeps it from the model.</summary>
public static class QuickSyncLine
{
    /// <summary>What a line tells, for a person who reads it without Codex.</summary>
    public static string TextOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("systemMessage").GetString()!;
    }

    /// <summary>The line, <c>{"systemMessage":…}</c>.</summary>
    /// <param name="message">Whole sentences.</param>
    public static string For(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = CanonicalJsonEncoder.Instance }))
        {
            json.WriteStartObject();
            json.WriteString("systemMessage"u8, "Codexport: " + ForeignText.Line(message.Trim()));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
