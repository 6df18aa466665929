using System.Buffers;
using System.Text;
using System.Text.Json;
using Codexport.Engine.Content;

namespace Codexport.Engine.Codex.Hooks;

/// <summary>The <c>input</c> of a hook that calls an MCP tool, in the form that Codex hashes: keys sorted, numbers wrapped.</summary>
internal static class HookInput
{
    // How the JSON library of Codex hands numbers on.
    private const string NumberName = "$serde_json::private::Number";

    /// <summary>The form.</summary>
    internal static string Hashed(RawJson input)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = CanonicalJsonEncoder.Instance, MaxDepth = RawJson.MaxDepth * 2 }))
        {
            Write(json, input);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, RawJson value)
    {
        switch (value.Kind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.Members.GroupBy(member => member.Name, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
                {
                    json.WritePropertyName(member.Key);
                    Write(json, member.Last().Value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.Items)
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            case JsonValueKind.Number:
                json.WriteStartObject();
                json.WriteString(NumberName, Spelled(value.Token));
                json.WriteEndObject();
                break;
            case JsonValueKind.String:
                json.WriteStringValue(value.Text ?? string.Empty);
                break;
            default:
                json.WriteRawValue(value.Token, skipInputValidation: true);
                break;
        }
    }

    // An exponent always has a sign there: 1E5 is 1e+5.
    private static string Spelled(string number)
    {
        var plain = number.ToLowerInvariant();
        var exponent = plain.IndexOf('e', StringComparison.Ordinal);
        return exponent < 0 || plain[exponent + 1] is '+' or '-' ? plain : plain.Insert(exponent + 1, "+");
    }
}
