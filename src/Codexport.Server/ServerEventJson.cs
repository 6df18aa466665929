using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Codexport.Server;

/// <summary>Writes server events as JSON, one object a line: <c>time</c>, <c>event</c>, then what belongs to it.</summary>
public static class ServerEventJson
{
    /// <summary>One line, without the line end.</summary>
    public static string Format(ServerEvent happening)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time"u8, happening.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            Write(json, happening);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, ServerEvent happening)
    {
        switch (happening)
        {
            case ServerStarted it:
                Event(json, "started", ("address", it.Address), ("fingerprint", it.Fingerprint), ("revision", it.Revision));
                json.WriteNumber("port"u8, it.Port);
                break;
            case FollowerJoined it:
                Event(json, "joined", ("id", it.Id), ("name", it.Name), ("address", it.Address), ("state", it.State));
                break;
            case FollowerApproved it:
                Event(json, "approved", ("id", it.Id), ("name", it.Name));
                break;
            case FollowerRevoked it:
                Event(json, "revoked", ("id", it.Id), ("name", it.Name));
                break;
            case FollowerLeft it:
                Event(json, "left", ("id", it.Id), ("name", it.Name));
                break;
            case FollowerSynced it:
                Event(json, "synced", ("id", it.Id), ("name", it.Name), ("revision", it.Revision));
                json.WriteNumber("bytes"u8, it.Bytes);
                break;
            case FollowerApplied it:
                Event(json, "applied", ("id", it.Id), ("name", it.Name), ("revision", it.Revision));
                break;
            case FollowerFailed it:
                Event(json, "failed", ("id", it.Id), ("name", it.Name), ("code", it.Code));
                break;
            case FollowerHealed it:
                Event(json, "healed", ("id", it.Id), ("name", it.Name));
                break;
            case KeyRotated it:
                Event(json, "rotated", ("previous", it.Previous), ("fingerprint", it.Fingerprint));
                break;
            case PeerRefused it:
                Event(json, "refused", ("reason", it.Reason), ("address", it.Address));
                break;
            case RevisionPublished it:
                Event(json, "published", ("revision", it.Revision));
                json.WriteNumber("sequence"u8, it.Sequence);
                break;
            case HeadRenewed it:
                Event(json, "renewed", ("revision", it.Revision));
                json.WriteNumber("sequence"u8, it.Sequence);
                break;
            case RevisionStored it:
                Event(json, "stored", ("target", it.Target), ("revision", it.Revision));
                json.WriteNumber("objects"u8, it.Objects);
                json.WriteNumber("bytes"u8, it.Bytes);
                break;
            case HomeWatched:
                Event(json, "watching");
                break;
            case ServerStopping it:
                Event(json, "stopping");
                json.WriteNumber("running"u8, it.Running);
                json.WriteNumber("seconds"u8, it.Seconds);
                break;
            case ServerWarning it:
                Event(json, "warning", ("code", it.Code), ("message", it.Message));
                break;
            default:
                Event(json, "stopped");
                break;
        }
    }

    private static void Event(Utf8JsonWriter json, string name, params ReadOnlySpan<(string Name, string? Value)> values)
    {
        json.WriteString("event"u8, name);
        foreach (var (key, value) in values)
        {
            json.WriteString(key, value);
        }
    }
}
