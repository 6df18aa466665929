using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;

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
            ThrowIfError(line);
            return ServerEventJson.Read(line) is { } happening ? Create(happening) : null;
        }
        catch (JsonException)
        {
            // Not an event: whatever else ended up on standard output.
            return null;
        }
    }

    /// <summary>Throws when a line is the program's error.</summary>
    /// <exception cref="CodexportException">The program's error.</exception>
    /// <exception cref="JsonException">The line is not JSON.</exception>
    public static void ThrowIfError(string line)
    {
        using var document = JsonDocument.Parse(line);
        if (document.RootElement.TryGetProperty("error", out var error))
        {
            throw ToException(error);
        }
    }

    private static MasterEvent Create(ServerEvent happening)
    {
        var (time, name) = (happening.Time.LocalDateTime, ServerEventJson.NameOf(happening));
        return happening switch
        {
            ServerStarted it => new MasterStartedEvent(time, name, it.Address, it.Fingerprint, it.Revision, it.Port),
            FollowerJoined it => new FollowerJoinedEvent(time, name, it.Id, it.Name, it.Address, it.State),
            FollowerSynced it => new FollowerSyncedEvent(time, name, it.Id, it.Name, it.Revision, it.Bytes),
            FollowerApplied it => new FollowerRevisionEvent(time, name, it.Id, it.Name, it.Revision),
            FollowerFailed it => new FollowerFailedEvent(time, name, it.Id, it.Name, it.Code),
            FollowerApproved it => new FollowerEvent(time, name, it.Id, it.Name),
            FollowerRevoked it => new FollowerEvent(time, name, it.Id, it.Name),
            FollowerLeft it => new FollowerEvent(time, name, it.Id, it.Name),
            FollowerHealed it => new FollowerEvent(time, name, it.Id, it.Name),
            KeyRotated it => new KeyRotatedEvent(time, name, it.Previous, it.Fingerprint),
            PeerRefused it => new PeerRefusedEvent(time, name, it.Reason, it.Address),
            RevisionPublished it => new RevisionEvent(time, name, it.Revision, it.Sequence),
            HeadRenewed it => new RevisionEvent(time, name, it.Revision, it.Sequence),
            RingPublished it => new RingEvent(time, name, it.Ring, it.Revision),
            ChangesWaiting it => new ChangesWaitingEvent(time, name, it.Revision, it.Changes),
            ServerWarning it => new MasterWarningEvent(time, name, it.Code, it.Message),
            _ => new MasterEvent(time, name),
        };
    }

    private static CodexportException ToException(JsonElement error) => new(
        Enum.TryParse<ErrorCode>(Text(error, "code"), out var code) ? code : ErrorCode.InternalError,
        Text(error, "message") ?? "The program failed without saying why.",
        Text(error, "remedy") ?? "Run 'Start-CodexportMaster -Debug' and look at what it prints.",
        Text(error, "target"));

    private static string? Text(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
