using System.Globalization;
using System.Text.Json;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Engine.ServiceSetup;

/// <summary>systemd's manager for one user.</summary>
internal sealed class SystemdManager(EngineContext context, string userHome) : IServiceManager
{
    private const string TimeForm = "ddd yyyy-MM-dd HH:mm:ss 'UTC'";

    /// <inheritdoc/>
    public string Name => "systemd";

    /// <inheritdoc/>
    public IReadOnlyList<string> UsualPath => ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <inheritdoc/>
    public bool HasEnvironment => true;

    private string Program => ProgramFinder.Find(context.Files, context.Environment, "systemctl") ?? "/usr/bin/systemctl";

    /// <inheritdoc/>
    public async Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        if (ProgramFinder.Find(context.Files, context.Environment, "systemctl") is null)
        {
            return "There is no systemd on this machine ('systemctl' was not found).";
        }

        var outcome = await context.Processes.RunAsync(Systemctl("show", "--property=Version"), cancellationToken).ConfigureAwait(false);
        return outcome.ExitCode == 0 && outcome.Output.Contains("Version=", StringComparison.Ordinal)
            ? null
            : $"No systemd manager of this user answers: {CommandText.SaidBy(outcome)}{Wsl}";
    }

    /// <inheritdoc/>
    public async Task<ServiceState> QueryAsync(ServiceUnit unit, CancellationToken cancellationToken)
    {
        var service = await ShowAsync(unit.Name + ".service", cancellationToken).ConfigureAwait(false);
        var problems = Problems(unit, service).ToList();
        if (!unit.IsTimer)
        {
            return State(service) with
            {
                Running = Value(service, "ActiveState") == "active",
                Since = Time(Value(service, "ActiveEnterTimestamp")),
                Problems = problems,
            };
        }

        var timer = await ShowAsync(unit.Name + ".timer", cancellationToken).ConfigureAwait(false);
        return State(timer) with
        {
            Running = Value(timer, "ActiveState") == "active",
            Since = Time(Value(timer, "LastTriggerUSec")),
            ProcessId = State(service).ProcessId,
            Restarts = null,
            Problems = problems,
        };
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> FindNextRunAsync(ServiceUnit unit, CancellationToken cancellationToken)
    {
        // 'show' gives it on a clock that stands still while the machine sleeps; this list has it by the calendar.
        var outcome = await context.Processes.RunAsync(Systemctl("list-timers", unit.Name + ".timer", "--output=json"), cancellationToken).ConfigureAwait(false);
        try
        {
            using var list = JsonDocument.Parse(outcome.Output);
            return list.RootElement.EnumerateArray().Select(NextRun).FirstOrDefault(time => time is not null);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // An older systemd prints a table for people.
            return null;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> FilesOf(ServiceUnit unit) => unit.IsTimer
        ? [PathOf(unit.Name + ".service"), PathOf(unit.Name + ".timer")]
        : [PathOf(unit.Name + ".service")];

    /// <inheritdoc/>
    public IReadOnlyList<ServiceFileContent> Render(ServiceDefinition definition)
    {
        var paths = FilesOf(definition.Unit);
        return definition.Unit.IsTimer
            ? [new(paths[0], SystemdUnits.Task(definition)), new(paths[1], SystemdUnits.Timer(definition))]
            : [new(paths[0], SystemdUnits.Service(definition with { Arguments = [.. definition.Arguments, "--journal"] }))];
    }

    /// <inheritdoc/>
    public InstalledService Read(IReadOnlyList<string> texts)
    {
        var lines = texts.SelectMany(text => text.Split('\n')).ToList();
        return new InstalledService(
            Setting(lines, "ExecStart="),
            Setting(lines, "OnUnitActiveSec=") is { } every && int.TryParse(every.TrimEnd('s'), CultureInfo.InvariantCulture, out var seconds)
                ? TimeSpan.FromSeconds(seconds)
                : null);
    }

    /// <inheritdoc/>
    public IEnumerable<ServiceStep> Install(ServiceDefinition definition, ServiceState state)
    {
        var unit = MainUnit(definition.Unit);
        foreach (var file in Render(definition))
        {
            yield return new WriteFileStep(file);
        }

        yield return new CommandStep(Systemctl("daemon-reload"));
        if (state.Failed)
        {
            // A unit that has used up its starts cannot be started by hand either, until the count is reset.
            yield return new CommandStep(Systemctl("reset-failed", unit), MayFail: true);
        }

        yield return new CommandStep(Systemctl("enable", unit));
        yield return new CommandStep(Systemctl("restart", unit));
    }

    /// <inheritdoc/>
    public IEnumerable<ServiceStep> Uninstall(ServiceUnit unit, ServiceState state)
    {
        yield return new CommandStep(Systemctl("disable", "--now", MainUnit(unit)), MayFail: !state.Loaded);
        if (unit.IsTimer)
        {
            yield return new CommandStep(Systemctl("stop", unit.Name + ".service"), MayFail: true);
        }

        foreach (var path in FilesOf(unit))
        {
            yield return new DeleteFileStep(path);
        }

        yield return new CommandStep(Systemctl("daemon-reload"));
        if (state.Failed)
        {
            yield return new CommandStep(Systemctl("reset-failed", MainUnit(unit)), MayFail: true);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> GetHintsAsync(ServiceUnit unit, CancellationToken cancellationToken)
    {
        // Somebody who is not logged in does not use Codex, so a follower's timer needs no lingering.
        if (unit.IsTimer || ProgramFinder.Find(context.Files, context.Environment, "loginctl") is not { } program)
        {
            return [];
        }

        var outcome = await context.Processes.RunAsync(
            new ProcessRequest(program, ["show-user", Environment.UserName, "--property=Linger"]), cancellationToken).ConfigureAwait(false);
        return outcome.ExitCode == 0 && outcome.Output.Contains("Linger=yes", StringComparison.Ordinal)
            ? []
            : ["The service starts when you log in and ends when you log out. To have it run always: loginctl enable-linger"];
    }

    /// <inheritdoc/>
    public string LogHint(ServiceUnit unit) => $"journalctl --user -u {unit.Name} -e";

    private string Wsl => context.Environment("WSL_DISTRO_NAME") is { Length: > 0 }
        ? " In WSL, systemd is switched on with 'systemd=true' below '[boot]' in /etc/wsl.conf."
        : string.Empty;

    private static string MainUnit(ServiceUnit unit) => unit.Name + (unit.IsTimer ? ".timer" : ".service");

    private static string? Setting(List<string> lines, string key)
        => lines.Find(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..];

    private static string Value(Dictionary<string, string> properties, string name) => properties.GetValueOrDefault(name, string.Empty);

    private static ServiceState State(Dictionary<string, string> properties) => new()
    {
        Loaded = Value(properties, "LoadState") is not ("" or "not-found"),
        Enabled = Value(properties, "UnitFileState") is "enabled" or "enabled-runtime",
        Failed = Value(properties, "ActiveState") == "failed",
        ProcessId = int.TryParse(Value(properties, "MainPID"), CultureInfo.InvariantCulture, out var process) && process > 0 ? process : null,
        Restarts = int.TryParse(Value(properties, "NRestarts"), CultureInfo.InvariantCulture, out var restarts) ? restarts : null,
        Text = Value(properties, "StatusText") is { Length: > 0 } text ? text : null,
    };

    private static DateTimeOffset? Time(string text)
        => DateTimeOffset.TryParseExact(text, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    // In microseconds since 1970; 0, null or the largest number there is when no time is set.
    private static DateTimeOffset? NextRun(JsonElement timer)
        => timer.TryGetProperty("next", out var next) && next.ValueKind == JsonValueKind.Number && next.TryGetInt64(out var microseconds)
            && microseconds is > 0 and < 253_402_300_800_000_000
            ? DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds)
            : null;

    private IEnumerable<string> Problems(ServiceUnit unit, Dictionary<string, string> service)
    {
        if (Value(service, "Result") is not ("" or "success") and var result)
        {
            yield return $"The last run of {unit.Name} failed ({result}, exit code {Value(service, "ExecMainStatus")}). Look: {LogHint(unit)}";
        }

        if (Value(service, "NeedDaemonReload") == "yes")
        {
            yield return "The unit file was changed since systemd read it. Run: systemctl --user daemon-reload";
        }
    }

    private string PathOf(string file)
    {
        var configuration = context.Environment("XDG_CONFIG_HOME") is { Length: > 0 } folder && Path.IsPathFullyQualified(folder)
            ? folder
            : Path.Join(userHome, ".config");
        return Path.Join(configuration, "systemd", "user", file);
    }

    private async Task<Dictionary<string, string>> ShowAsync(string unit, CancellationToken cancellationToken)
    {
        const string Properties = "LoadState,ActiveState,UnitFileState,MainPID,NRestarts,StatusText,Result,ExecMainStatus,ActiveEnterTimestamp,"
            + "LastTriggerUSec,NeedDaemonReload";
        var outcome = await context.Processes.RunAsync(Systemctl("show", unit, "--property=" + Properties), cancellationToken).ConfigureAwait(false);
        return outcome.Output.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.Ordinal);
    }

    private ProcessRequest Systemctl(params ReadOnlySpan<string> arguments) => new(Program, ["--user", .. arguments])
    {
        Environment = Variables(),
    };

    // Times in one form and zone; and the manager is found from a session that was not told where it is (sudo -u, cron).
    private Dictionary<string, string?> Variables()
    {
        var variables = new Dictionary<string, string?> { ["LC_ALL"] = "C", ["TZ"] = "UTC", ["SYSTEMD_PAGER"] = string.Empty, ["SYSTEMD_COLORS"] = "0" };
        if (!OperatingSystem.IsWindows() && context.Environment("XDG_RUNTIME_DIR") is not { Length: > 0 })
        {
            var folder = $"/run/user/{UnixCalls.UserId().ToString(CultureInfo.InvariantCulture)}";
            if (context.Files.TryGetEntry(folder) is { Kind: EntryKind.Directory })
            {
                variables["XDG_RUNTIME_DIR"] = folder;
            }
        }

        return variables;
    }
}
