using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Codexport.Engine.Content;

namespace Codexport.Engine.Compose;

/// <summary>JSON texts: one form to compare by, one to be read by people.</summary>
internal static class CanonicalJson
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, NewLine = "\n", Encoder = CanonicalJsonEncoder.Instance };

    /// <summary>The same text for every spelling of a value: keys sorted, no blanks.</summary>
    internal static string Of(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject members => "{" + string.Join(',', members.OrderBy(member => member.Key, StringComparer.Ordinal)
            .Select(member => $"{Of(JsonValue.Create(member.Key))}:{Of(member.Value)}")) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(Of)) + "]",
        _ => Print(node, default),
    };

    /// <summary>The text for a file.</summary>
    internal static string ForPeople(JsonNode node) => Print(node, Readable) + "\n";

    private static string Print(JsonNode node, JsonWriterOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            node.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
