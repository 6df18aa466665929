using Codexport.Engine.Apply;
using Codexport.Engine.Codex;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Results;

namespace Codexport.Engine.Diagnostics;

/// <summary>Whether secrets are readable by their owner alone.</summary>
internal sealed class SecretModesCheck : DiagnosticCheck
{
    public override string Name => "secrets";

    public override Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return Task.FromResult(Skipped("Windows keeps the profile's own access rules."));
        }

        var home = scope.Context.Home;
        var folders = new[] { home.StateFolder, home.MachineStateFolder, home.MasterFolder };
        var masterFiles = scope.Context.Files.Enumerate(home.MasterFolder).Where(entry => entry.Kind == EntryKind.File).Select(entry => entry.Path);
        IEnumerable<string> paths =
        [
            scope.CodexFile(CodexLayout.AuthFile), scope.CodexFile(CodexLayout.ServerCredentialsFile), scope.CodexFile(CodexLayout.ConfigFile),
            home.EnrollmentFile(), home.SettingsFile, home.LocalServersFile, .. folders, .. masterFiles,
        ];
        var open = paths.Where(path => FileModes.IsOpenToOthers(path) == true).ToList();
        return Task.FromResult<IReadOnlyList<DiagnosticFinding>>(open.Count == 0
            ? Ok("Files that may hold secrets are readable by you alone.")
            : [.. open.Select(path => new DiagnosticFinding(
                Name, DiagnosticLevel.Warning, $"Others than you may read or write '{path}'.", $"Run 'chmod go= \"{path}\"'."))]);
    }
}

/// <summary>Whether a login that changes on use is shared between machines.</summary>
internal sealed class SharedLoginCheck : DiagnosticCheck
{
    public override string Name => "login";

    public override Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
    {
        if (!SharedLogin.IsShared(scope.ReadCodexFile(CodexLayout.AuthFile) ?? []))
        {
            return Task.FromResult(Ok("No ChatGPT login is shared between machines from here."));
        }

        var isShared = scope.Enrollment is not null
            ? AppliedStateCodec.TryLoad(scope.Context.Files, scope.Context.Home)?.Files.Any(file => file.Path == CodexLayout.AuthFile) == true
            : scope.IsMaster && !scope.Settings.ExportExclude.Contains(CodexLayout.AuthFile);
        return Task.FromResult(isShared && scope.IsMaster
            ? Info(
                "'auth.json' holds a ChatGPT login. Followers do not take it, nor OAuth tokens of MCP servers, unless auth in their local.toml says so.",
                "Log in on each machine by itself ('codex login'), or use an API key. " + SharedLogin.HowToShare)
            : isShared
            ? Warning(
                "The ChatGPT login in 'auth.json' is shared between machines; its token changes on use, and the others must then log in again.",
                "Log in on each machine by itself ('codex login') with auth = \"api-key-only\" in its local.toml, or use an API key.")
            : Ok("The ChatGPT login here belongs to this machine alone."));
    }
}

/// <summary>What an interrupted run left behind.</summary>
internal sealed class LeftoversCheck : DiagnosticCheck
{
    public override string Name => "leftovers";

    public override Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
    {
        var context = scope.Context;
        var findings = new List<DiagnosticFinding>();
        if (ApplyRecovery.IsNeeded(context))
        {
            findings.AddRange(Warning("An apply was interrupted.", "Run 'codexport sync --apply' or 'codexport apply'; it is finished first."));
        }

        if (IsLocked(context))
        {
            findings.AddRange(Info("Another Codexport process is at work on this home right now.", "If none should be, find it and end it; the lock goes with it."));
        }

        var leftovers = context.Files.Enumerate(context.Home.CodexFolder).Concat(context.Files.Enumerate(context.Home.MachineStateFolder))
            .Where(entry => AtomicFile.IsTemporaryName(Path.GetFileName(entry.Path)))
            .ToList();
        findings.AddRange(leftovers.SelectMany(entry => Info($"'{entry.Path}' is left of a write that was cut off.", "Delete it when no Codexport process runs.")));
        return Task.FromResult(findings.Count == 0 ? Ok("No interrupted apply, no lock, no leftover.") : findings);
    }

    // A lock file by itself means nothing: the lock ends with its process.
    private static bool IsLocked(EngineContext context)
    {
        if (context.Files.TryGetEntry(context.Home.FollowerLockFile) is null)
        {
            return false;
        }

        using var hold = context.Files.TryLock(context.Home.FollowerLockFile);
        return hold is null;
    }
}

/// <summary>Whether there is room to apply anything.</summary>
internal sealed class DiskSpaceCheck : DiagnosticCheck
{
    private const long Mega = 1024 * 1024;

    public override string Name => "disk space";

    public override Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken)
    {
        var home = scope.Context.Home;
        var folder = new[] { home.CodexFolder, home.UserHome }.FirstOrDefault(path => scope.Context.Files.TryGetEntry(path) is not null);
        if (folder is null)
        {
            return Task.FromResult(Error($"Neither '{home.CodexFolder}' nor '{home.UserHome}' is there.", "Check --home, --codex-dir and CODEX_HOME."));
        }

        var free = scope.Context.Files.GetFreeSpace(folder) / Mega;
        var message = $"{free:N0} MB are free where '{folder}' lies.";
        return Task.FromResult(
            free < 10 ? Error(message, "Free some space; nothing can be applied.")
            : free < 200 ? Warning(message, "Free some space; a large revision may not fit.")
            : Ok(message));
    }
}
