using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;

namespace Codexport.PowerShell.Serving;

/// <summary>Reads what the program prints with <c>--json</c>, a line at a time.</summary>
internal static class MasterEventReader
{
    /// <summary>The event of a line; null when it holds none.</summary>
    /// <exception cref="CodexportException">The line is the program's error.</exception>
    public static MasterEvent? Read(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.TryGetProperty("error", out var error))
            {
                throw ToException(error);
            }

            return root.TryGetProperty("event", out var name) ? Create(name.GetString() ?? string.Empty, root) : null;
        }
        catch (JsonException)
        {
            // Not an event: whatever else ended up on standard output.
            return null;
        }
    }

    private static MasterEvent Create(string name, JsonElement root)
    {
        var time = root.GetProperty("time").GetDateTimeOffset().LocalDateTime;
        var (id, follower, revision) = (Text(root, "id"), Text(root, "name"), Text(root, "revision"));
        return name switch
        {
            "started" => new MasterStartedEvent(time, name, Text(root, "address"), Text(root, "fingerprint"), revision, (int)Number(root, "port")),
            "joined" => new FollowerJoinedEvent(time, name, id, follower, Text(root, "address"), State(root)),
            "synced" => new FollowerSyncedEvent(time, name, id, follower, revision, Number(root, "bytes")),
            "applied" => new FollowerRevisionEvent(time, name, id, follower, revision),
            "failed" => new FollowerFailedEvent(time, name, id, follower, Text(root, "code")),
            "rotated" => new KeyRotatedEvent(time, name, Text(root, "previous"), Text(root, "fingerprint")),
            "approved" or "revoked" or "left" or "healed" => new FollowerEvent(time, name, id, follower),
            "refused" => new PeerRefusedEvent(time, name, Text(root, "reason"), Text(root, "address")),
            "published" or "renewed" => new RevisionEvent(time, name, revision, Number(root, "sequence")),
            "ring" => new RingEvent(time, name, Text(root, "ring"), revision),
            "waiting" => new ChangesWaitingEvent(time, name, revision, Number(root, "changes")),
            "warning" => new MasterWarningEvent(time, name, Text(root, "code"), Text(root, "message")),
            _ => new MasterEvent(time, name),
        };
    }

    private static CodexportException ToException(JsonElement error) => new(
        Enum.TryParse<ErrorCode>(Text(error, "code"), out var code) ? code : ErrorCode.InternalError,
        Text(error, "message") ?? "The program failed without saying why.",
        Text(error, "remedy") ?? "Run 'Start-CodexportMaster -Debug' and look at what it prints.",
        Text(error, "target"));

    private static FollowerState State(JsonElement element)
        => Enum.TryParse<FollowerState>(Text(element, "state"), ignoreCase: true, out var state) ? state : FollowerState.Pending;

    private static string? Text(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Number(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : 0;
}
