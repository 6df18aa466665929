using System.Text.Json;

namespace Codexport.Engine.Master;

/// <summary>Looks into <c>auth.json</c> for what the person should know; never keeps or shows what it holds.</summary>
internal static class AuthFile
{
    /// <summary>Whether it is a login whose refresh token changes on use, rather than an API key.</summary>
    public static bool HasRotatingToken(byte[]? content)
    {
        try
        {
            using var json = JsonDocument.Parse(content ?? []);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("tokens", out var tokens)
                && tokens.ValueKind == JsonValueKind.Object
                && tokens.TryGetProperty("refresh_token", out var token)
                && token.ValueKind == JsonValueKind.String
                && token.GetString()!.Length > 0;
        }
        catch (JsonException)
        {
            // Not ours to judge: it travels byte for byte.
            return false;
        }
    }
}
