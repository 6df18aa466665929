using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Follower.State;

/// <summary>
/// What the hook's sync needs of <c>local.toml</c>, with the size and time that the file had when it was read: while the file has both,
/// the values hold and TOML need not be parsed.
/// </summary>
internal sealed record QuickSettings
{
    /// <summary>Length of the settings file.</summary>
    public long SettingsSize { get; init; }

    /// <summary>Its last write time, UTC ticks; 0 when there was no file.</summary>
    public long SettingsTicks { get; init; }

    /// <summary>Last write time of the person's own MCP servers: a change of them is news.</summary>
    public long ServersTicks { get; init; }

    /// <summary>The Codex home that the settings name; empty when they name none, null when that was not noted.</summary>
    public string? CodexFolder { get; init; }

    /// <summary>The master's addresses; empty when the settings name none.</summary>
    public IReadOnlyList<string> MasterUrls { get; init; } = [];

    /// <summary>Time for the whole of a quick sync.</summary>
    public TimeSpan QuickTimeout { get; init; } = new LocalSettings().QuickTimeout;

    /// <summary>Time to connect to the master.</summary>
    public TimeSpan ConnectTimeout { get; init; } = new LocalSettings().ConnectTimeout;

    /// <summary>The values in force: from <paramref name="known"/> while they hold, else out of the file.</summary>
    public static QuickSettings Read(EngineContext context, QuickSettings? known)
    {
        var entry = context.Files.TryGetEntry(context.Home.SettingsFile);
        var servers = context.Files.TryGetEntry(context.Home.LocalServersFile)?.ModifiedTicks ?? 0;
        if (known is not null && known.HoldsFor(entry) && known.ServersTicks == servers)
        {
            return known;
        }

        var (size, ticks) = Stamp(entry);
        var settings = SettingsFile.Read(context.Files, context.Home.SettingsFile);
        return new QuickSettings
        {
            SettingsSize = size,
            SettingsTicks = ticks,
            ServersTicks = servers,
            CodexFolder = settings.CodexFolder ?? string.Empty,
            MasterUrls = settings.MasterUrls,
            QuickTimeout = settings.QuickTimeout,
            ConnectTimeout = settings.ConnectTimeout,
        };
    }

    /// <summary>The Codex home that the settings name, without reading them where it is known; null when they name none.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.SettingsInvalid"/>.</exception>
    public static string? ReadCodexFolder(EngineContext context, QuickSettings? known)
        => known is not null && known.HoldsFor(context.Files.TryGetEntry(context.Home.SettingsFile))
            ? known.CodexFolder
            : SettingsFile.ReadAsFound(context.Files, context.Home.SettingsFile).CodexFolder;

    /// <summary>Adds the values to the contact record's object.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteNumber("settingsSize"u8, SettingsSize);
        json.WriteNumber("settingsTicks"u8, SettingsTicks);
        json.WriteNumber("serversTicks"u8, ServersTicks);
        if (CodexFolder is not null)
        {
            json.WriteString("settingsCodexDir"u8, CodexFolder);
        }

        json.WriteList("settingsUrls", MasterUrls);
        json.WriteNumber("quickMilliseconds"u8, (long)QuickTimeout.TotalMilliseconds);
        json.WriteNumber("connectMilliseconds"u8, (long)ConnectTimeout.TotalMilliseconds);
    }

    // A link's own size and time say nothing about the file that it leads to.
    private bool HoldsFor(FileEntry? entry)
        => CodexFolder is not null && (entry is null or { Kind: EntryKind.File }) && (SettingsSize, SettingsTicks) == Stamp(entry);

    private static (long Size, long Ticks) Stamp(FileEntry? entry) => entry is { } file ? (file.Size, file.ModifiedTicks) : (0, 0);
}
