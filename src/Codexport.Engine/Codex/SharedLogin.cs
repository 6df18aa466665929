using System.Text.Json;

namespace Codexport.Engine.Codex;

/// <summary>
/// Recognizes an <c>auth.json</c> that is better not shared. What it holds is never kept or shown.
/// </summary>
internal static class SharedLogin
{
    /// <summary>What the person should know of a ChatGPT login that several machines use; whole sentences.</summary>
    public const string Warning =
        "auth.json holds a ChatGPT login, whose refresh token changes whenever it is used: once one machine has refreshed it, the others may be asked to "
        + "log in again. An API key has no such problem; auth = \"never\" in a follower's local.toml keeps that machine's own login.";

    /// <summary>Whether the bytes are a login whose refresh token changes on use, rather than an API key.</summary>
    /// <param name="content">The file's bytes; anything that is no JSON object is no such login.</param>
    public static bool IsShared(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("tokens", out var tokens)
                && tokens.ValueKind == JsonValueKind.Object
                && tokens.TryGetProperty("refresh_token", out var token)
                && token.ValueKind == JsonValueKind.String
                && token.GetString() is { Length: > 0 };
        }
        catch (JsonException)
        {
            // Not ours to judge: it travels byte for byte.
            return false;
        }
    }
}
