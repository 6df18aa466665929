using System.Buffers;
using System.Text.Json;

namespace Codexport.Engine.Follower.Wire;

/// <summary>The two small JSON objects of joining.</summary>
internal static class RegistrationJson
{
    /// <summary>Bytes that the answer may have.</summary>
    public const int MaxSize = 8192;

    /// <summary>The request.</summary>
    public static byte[] Write(RegistrationRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        if (request.Invite is not null)
        {
            json.WriteString("invite"u8, request.Invite);
        }

        if (request.PublicKey is not null)
        {
            json.WriteString("key"u8, request.PublicKey);
        }

        if (request.Machine is not null)
        {
            json.WriteString("machine"u8, request.Machine);
        }

        json.WriteString("name"u8, request.Name);
        json.WriteString("platform"u8, request.Platform);
        json.WriteString("version"u8, request.Version);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The body with which a follower tells its public key.</summary>
    public static byte[] WriteKey(string publicKey)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("key"u8, publicKey);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The answer; null when it is none.</summary>
    public static Registration? Read(ReadOnlyMemory<byte> answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer, new JsonDocumentOptions { MaxDepth = 4 });
            var id = Text(json.RootElement, "id");
            var credential = Text(json.RootElement, "credential");
            var state = Text(json.RootElement, "state");
            return IsToken(id) && IsToken(credential) && state is "approved" or "pending"
                ? new Registration(id!, credential!, state == "pending", MasterErrors.Clean(Text(json.RootElement, "name")))
                {
                    HasKey = Text(json.RootElement, "key") == "kept",
                }
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement root, string name)
        => root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>Whether a text has the form of an id or a credential: it becomes part of a header line.</summary>
    public static bool IsToken(string? text)
        => text is { Length: > 0 and <= 512 } && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '+' or '/' or '=' or '~');
}
