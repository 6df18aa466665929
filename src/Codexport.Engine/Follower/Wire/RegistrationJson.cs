using System.Text.Json;
using Codexport.Engine.Protocol;

namespace Codexport.Engine.Follower.Wire;

/// <summary>The two small JSON objects of joining.</summary>
internal static class RegistrationJson
{
    /// <summary>Bytes that the answer may have.</summary>
    public const int MaxSize = 8192;

    /// <summary>The request.</summary>
    public static byte[] Write(JoinRequest request) => JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Default.JoinRequest);

    /// <summary>The body with which a follower tells its public key.</summary>
    public static byte[] WriteKey(string publicKey) => JsonSerializer.SerializeToUtf8Bytes(new KeyRequest(publicKey), WireJson.Default.KeyRequest);

    /// <summary>The answer; null when it is malformed.</summary>
    public static Registration? Read(ReadOnlySpan<byte> answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer, WireJson.Default.JoinAnswer) is { State: { } state } joined && IsToken(joined.Id) && IsToken(joined.Credential)
                ? new Registration(joined.Id!, joined.Credential!, state == JoinState.Pending, MasterErrors.Clean(joined.Name))
                {
                    HasKey = joined.Key == JoinAnswer.KeyKept,
                }
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether a text has the form of an id or a credential: it becomes part of a header line.</summary>
    public static bool IsToken(string? text)
        => text is { Length: > 0 and <= 512 } && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '+' or '/' or '=' or '~');
}
