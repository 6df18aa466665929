using System.Globalization;
using Codexport.Engine.Codex;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Building;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Operations;

/// <summary>Makes a home the master. What may fail without a trace comes first; running it again completes what was interrupted.</summary>
internal sealed class MasterInitializer(EngineContext context)
{
    /// <summary>Does it.</summary>
    public async Task<InitResult> RunAsync(int? port, IReadOnlyList<string> roots, CancellationToken cancellationToken)
    {
        if (port is < 1 or > 65535)
        {
            throw new CodexportException(
                ErrorCode.InvalidUsage,
                string.Create(CultureInfo.InvariantCulture, $"{port} is not a port."),
                "Give a port from 1 to 65535.");
        }

        var settings = SettingsFile.ReadAsFound(context.Files, context.Home.SettingsFile);
        RequireRoom(context, settings);
        RecordedHome.Record(context);
        var isNew = settings.ExportAgents is null && context.Files.TryGetEntry(context.Home.MasterFolder) is null;
        SettingsFile.Restore(context.Files, context.Home.SettingsFile, Values(port, isNew));
        if (roots.Count > 0)
        {
            SettingsFile.AddExportRoots(context.Files, context.Home.SettingsFile, roots);
        }

        var present = MasterIdentity.TryLoad(context);
        string[] lost = present is null && new HeadInForce(context).Exists
            ? ["The key of this master is gone, and a new one was made: every follower must join again. With the old one, from a backup or an exported identity, none would have to."]
            : [];
        using (var identity = present ?? MasterIdentity.Create(context))
        {
            var result = await new MasterRebuilder(context).RunAsync(acceptDeletions: false, cancellationToken);
            return new InitResult(Role.Master, identity.Fingerprint, result.Revision, result.Files, result.Bytes, [.. lost, .. result.Warnings, .. LoginWarnings(settings)]);
        }
    }

    /// <summary>Looks through the Codex home for links into folders that the settings do not list; changes nothing.</summary>
    public IReadOnlyList<LinkedFolder> FindLinkedFolders(CancellationToken cancellationToken)
    {
        var settings = SettingsFile.Read(context.Files, context.Home.SettingsFile);
        RequireRoom(context, settings);
        return new HomeScanner(context, settings, Limits.Default).Scan(last: null, HomeChanges.Everything, cancellationToken).LinkedFolders;
    }

    private static Dictionary<string, object?> Values(int? port, bool isNew)
    {
        var values = new Dictionary<string, object?> { ["role"] = "master" };
        if (isNew)
        {
            values["exportAgents"] = true;
        }

        if (port is not null)
        {
            values["port"] = (long)port;
        }

        return values;
    }

    private IEnumerable<string> LoginWarnings(LocalSettings settings)
    {
        if (settings.Admission != Admission.Open && SharedLogin.Files.Any(IsRotating))
        {
            yield return SharedLogin.NotTaken;
        }

        bool IsRotating(string path)
            => AtomicFile.TryReadAllBytes(context.Files, context.Home.Locate(path)) is { } login && SharedLogin.IsRotating(path, login);
    }

    /// <summary>Refuses a home that follows another master, or has no Codex home.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RoleConflict"/> or <see cref="ErrorCode.HomeNotFound"/>.</exception>
    public static void RequireRoom(EngineContext context, LocalSettings settings)
    {
        if (settings.Role == Role.Follower)
        {
            throw new CodexportException(
                ErrorCode.RoleConflict,
                "This home is a follower of another master.",
                "Run 'codexport follower leave' first, or use another home with --home.",
                context.Home.StateFolder);
        }

        _ = HomeScanner.FindHome(context);
    }
}
