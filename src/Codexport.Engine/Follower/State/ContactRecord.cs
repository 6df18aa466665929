using System.Text.Json;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Follower.State;

/// <summary>
/// What a follower remembers of its last contacts, <c>state/contact.json</c>. Nothing in it is needed for safety: when it is lost or
/// damaged, the next sync merely asks more than it would have had to.
/// </summary>
internal sealed record ContactRecord
{
    /// <summary>When the master was last reached and its head accepted, UTC.</summary>
    public DateTimeOffset? LastSync { get; init; }

    /// <summary>When the head was last asked for over TLS, UTC.</summary>
    public DateTimeOffset? LastSecureHead { get; init; }

    /// <summary>The revision that was last applied here.</summary>
    public Sha256Hash? Applied { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }

    /// <summary>Name of the last failure's <see cref="ErrorCode"/>; null after a success.</summary>
    public string? LastError { get; init; }

    /// <summary>What it said.</summary>
    public string? LastMessage { get; init; }

    /// <summary>Not before this the hook's sync asks again, UTC.</summary>
    public DateTimeOffset? NextQuickSync { get; init; }

    /// <summary>The cause that the person was last told of by the hook; the same cause is not told twice.</summary>
    public string? Announced { get; init; }

    /// <summary>The address that answered last, host and port, where there are several; it is asked first.</summary>
    public string? LastGood { get; init; }

    /// <summary>When that was, UTC: what lasts is told again after a day.</summary>
    public DateTimeOffset? AnnouncedAt { get; init; }

    /// <summary>What the master was told last, revision and error; null when nothing or not known.</summary>
    public string? Told { get; init; }

    /// <summary>Whence the newest head came that was accepted; null while that was not noted.</summary>
    public string? Source { get; init; }

    /// <summary>A publication and, behind a blank, what its server called the state of its head; null when it gave none.</summary>
    public string? HeadTag { get; init; }

    /// <summary>SHA-256 of the public key that the master was told; null for none.</summary>
    public string? KeyTold { get; init; }

    /// <summary>What the quick sync needs of <c>local.toml</c>, so that it need not parse TOML.</summary>
    public QuickSettings? Quick { get; init; }

    /// <summary>Reads the record; an empty one when there is none or it is damaged.</summary>
    public static ContactRecord Read(EngineContext context)
    {
        var fields = new Fields();
        try
        {
            FlatJson.TryRead(context.Files, context.Home.ContactFile(), fields.Take);
            return fields.ToRecord();
        }
        catch (Exception error) when (error is FormatException or CodexportException { Code: ErrorCode.StateDamaged })
        {
            context.Trace?.Invoke($"{error.Message} What is remembered of the last contacts is begun anew.");
            return new ContactRecord();
        }
    }

    /// <summary>What a publication's server called the state of its head; null when that is not known.</summary>
    public string? TagOf(PublicationAddress address)
        => HeadTag is { } known && known.LastIndexOf(' ') is > 0 and var end && known.AsSpan(0, end).SequenceEqual(address.Text) ? known[(end + 1)..] : null;

    /// <summary>The record with that.</summary>
    public ContactRecord WithTag(PublicationAddress address, string? tag)
        => this with { HeadTag = tag is null || tag.Length > 256 || tag.Any(character => character is <= ' ' or > '~') ? null : $"{address.Text} {tag}" };

    /// <summary>Writes the record, durably.</summary>
    public void Write(EngineContext context)
    {
        context.Files.CreateDirectory(context.Home.MachineStateFolder, FilePermission.Private);
        SetAside.IfNotFile(context, context.Home.ContactFile());
        AtomicFile.Write(context.Files, context.Home.ContactFile(), ToBytes(), FilePermission.Private);
    }

    private byte[] ToBytes() => FlatJson.Write(json =>
    {
        json.WriteTime("lastSync", LastSync);
        json.WriteTime("lastSecureHead", LastSecureHead);
        WriteText(json, "applied", Applied?.ToString());
        json.WriteNumber("failures"u8, Failures);
        WriteText(json, "lastError", LastError);
        WriteText(json, "lastMessage", LastMessage);
        json.WriteTime("nextQuickSync", NextQuickSync);
        WriteText(json, "announced", Announced);
        json.WriteTime("announcedAt", AnnouncedAt);
        WriteText(json, "lastGood", LastGood);
        WriteText(json, "told", Told);
        WriteText(json, "source", Source);
        WriteText(json, "headTag", HeadTag);
        WriteText(json, "keyTold", KeyTold);
        Quick?.WriteTo(json);
    });

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private sealed class Fields
    {
        private const int MaxFailures = 1_000_000;
        private const int MaxMilliseconds = 86_400_000;

        private ContactRecord _record = new();
        private QuickSettings _quick = new();

        public void Take(string name, ref Utf8JsonReader value)
        {
            switch (name)
            {
                case "lastSync": _record = _record with { LastSync = FlatJson.ReadTime(ref value) }; break;
                case "lastSecureHead": _record = _record with { LastSecureHead = FlatJson.ReadTime(ref value) }; break;
                case "applied": _record = _record with { Applied = ReadHash(ref value) }; break;
                case "failures": _record = _record with { Failures = InRange(value.GetInt64(), 0, MaxFailures) }; break;
                case "lastError": _record = _record with { LastError = value.GetString() }; break;
                case "lastMessage": _record = _record with { LastMessage = value.GetString() }; break;
                case "nextQuickSync": _record = _record with { NextQuickSync = FlatJson.ReadTime(ref value) }; break;
                case "announced": _record = _record with { Announced = value.GetString() }; break;
                case "announcedAt": _record = _record with { AnnouncedAt = FlatJson.ReadTime(ref value) }; break;
                case "lastGood": _record = _record with { LastGood = value.GetString() }; break;
                case "told": _record = _record with { Told = value.GetString() }; break;
                case "source": _record = _record with { Source = value.GetString() }; break;
                case "headTag": _record = _record with { HeadTag = value.GetString() }; break;
                case "keyTold": _record = _record with { KeyTold = value.GetString() }; break;
                case "settingsUrls": _quick = _quick with { MasterUrls = FlatJson.ReadList(ref value) }; break;
                default: TakeQuick(name, ref value); break;
            }
        }

        public ContactRecord ToRecord()
        {
            foreach (var url in _quick.MasterUrls)
            {
                _ = SourceAddress.TryParse(url) is not null ? url : throw new FormatException("An address is malformed.");
            }

            return _quick.SettingsTicks == 0 ? _record : _record with { Quick = _quick };
        }

        private void TakeQuick(string name, ref Utf8JsonReader value)
        {
            switch (name)
            {
                case "settingsSize": _quick = _quick with { SettingsSize = value.GetInt64() }; break;
                case "settingsTicks": _quick = _quick with { SettingsTicks = value.GetInt64() }; break;
                case "settingsCodexDir": _quick = _quick with { CodexFolder = value.GetString() }; break;
                case "serversTicks": _quick = _quick with { ServersTicks = value.GetInt64() }; break;
                case "connectMilliseconds": _quick = _quick with { ConnectTimeout = TimeSpan.FromMilliseconds(InRange(value.GetInt64(), 1, MaxMilliseconds)) }; break;
                case "quickMilliseconds": _quick = _quick with { QuickTimeout = TimeSpan.FromMilliseconds(InRange(value.GetInt64(), 1, MaxMilliseconds)) }; break;
                default: value.Skip(); break;
            }
        }

        private static int InRange(long number, int lowest, int highest)
            => number >= lowest && number <= highest ? (int)number : throw new FormatException("A number is out of range.");

        private static Sha256Hash? ReadHash(ref Utf8JsonReader value)
            => Sha256Hash.TryParse(value.GetString(), out var hash) ? hash : throw new FormatException("A hash is malformed.");
    }
}
