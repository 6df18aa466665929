using System.Text.Json;

namespace Codexport.Engine.Codex;

/// <summary>
/// Recognizes logins that are better not shared, because their tokens change whenever they are used. What they hold is never kept or shown.
/// </summary>
internal static class SharedLogin
{
    /// <summary>Where Codex keeps such logins.</summary>
    public static IReadOnlyList<string> Files { get; } = [CodexLayout.AuthFile, CodexLayout.ServerCredentialsFile];

    /// <summary>How to change what happens to such logins; one whole sentence.</summary>
    public const string HowToShare = "auth = \"if-unmodified\" in a follower's local.toml takes them all the same.";

    /// <summary>What the person should know of a login that several machines use; whole sentences.</summary>
    public const string Warning =
        "auth.json holds a ChatGPT login, whose refresh token changes whenever it is used: once one machine has refreshed it, the others may be asked to "
        + "log in again. An API key has no such problem; auth = \"api-key-only\" in a follower's local.toml keeps that machine's own login.";

    /// <summary>What init and join say where the master has such a login; whole sentences.</summary>
    public const string NotTaken =
        "The master has a login whose refresh token changes whenever it is used: a ChatGPT login in auth.json, or OAuth tokens of MCP servers in "
        + ".credentials.json. Followers do not take it; log in on each machine by itself, or use an API key. " + HowToShare;

    /// <summary>Whether the bytes of an <c>auth.json</c> are a login whose refresh token changes on use, rather than an API key.</summary>
    /// <param name="content">The file's bytes; anything that is not a JSON object is not such a login.</param>
    public static bool IsShared(ReadOnlyMemory<byte> content) => IsRotating(CodexLayout.AuthFile, content);

    /// <summary>Whether a credential file holds tokens that change on use: OAuth tokens of MCP servers always do.</summary>
    /// <param name="path">Its path in the Codex home.</param>
    /// <param name="content">Its bytes.</param>
    public static bool IsRotating(string path, ReadOnlyMemory<byte> content)
    {
        if (path == CodexLayout.ServerCredentialsFile)
        {
            return true;
        }

        try
        {
            using var json = JsonDocument.Parse(content);
            return HoldsRefreshToken(json.RootElement);
        }
        catch (JsonException)
        {
            // Not ours to judge: it travels byte for byte.
            return false;
        }
    }

    private static bool HoldsRefreshToken(JsonElement node) => node.ValueKind switch
    {
        JsonValueKind.Object => node.EnumerateObject().Any(member => IsRefreshToken(member) || HoldsRefreshToken(member.Value)),
        JsonValueKind.Array => node.EnumerateArray().Any(HoldsRefreshToken),
        _ => false,
    };

    private static bool IsRefreshToken(JsonProperty member)
        => (member.NameEquals("refresh_token") || member.NameEquals("refreshToken"))
            && member.Value.ValueKind == JsonValueKind.String
            && member.Value.GetString() is { Length: > 0 };
}
